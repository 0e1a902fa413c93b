import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { loadModelPrices, readCalls, readFrom } from '../../../test/support/read-calls.ts';
import { createRequestsSource } from './requests-source.ts';

const AZURE = resolve(
  import.meta.dirname,
  '../../../../shared/data/azure-llm-2023/AzureLLMInferenceTrace_code.csv',
);
const source = createRequestsSource({ loadModelPrices });
const read = (lines: readonly string[], options = {}) =>
  readCalls(source, 'calls.csv', `${lines.join('\n')}\n`, options);

const HEADER = 'id,start,provider,model,inputTokens,cachedInputTokens,outputTokens';

describe('requests', () => {
  it('reads a call with its price, labels and owners', async () => {
    const { requests, summary } = await read([
      'id,start,provider,model,operation,durationMs,timeToFirstToken,status,inputTokens,outputTokens,promptName,promptVersion,step,agent,conversation,team,label:app',
      'c1,2026-10-14T09:00:00Z,openai,gpt-4o,chat,1500,0.25,200,1000,500,summary,3,generate,writer,conv-9,search,docs',
    ]);
    expect(summary.rejects).toEqual([]);
    expect(requests).toEqual([
      {
        requestId: 'requests:c1',
        endpoint: 'openai',
        serving: 'api',
        model: 'gpt-4o',
        provider: 'openai',
        operation: 'chat',
        startMs: Date.parse('2026-10-14T09:00:00Z'),
        durationMs: 1500,
        timeToFirstTokenMs: 250,
        error: null,
        tokens: { input: 1000, cachedInput: null, cacheWrittenInput: null, output: 500, reasoning: null },
        labels: {
          promptName: 'summary',
          promptVersion: '3',
          step: 'generate',
          agent: 'writer',
          conversation: 'conv-9',
        },
        costPicos: 7_500_000_000n,
        priceReference: 'openai/gpt-4o (genai-prices 0.1.8)',
        attributes: { 'label:team': 'search', 'label:app': 'docs' },
      },
    ]);
    expect(summary.totals).toMatchObject({
      requests: 1,
      inputTokens: 1000,
      outputTokens: 500,
      cost: '0.0075',
    });
  });

  test.each([
    { what: 'refused where nobody says', set: {}, expected: 'token-convention-unknown' },
    { what: 'included', set: { tokenConvention: 'includes-cached' }, expected: 1000 },
    { what: 'beside', set: { tokenConvention: 'excludes-cached' }, expected: 1900 },
    { what: 'a word that is neither', set: { tokenConvention: 'both' }, expected: 'unknown-tokenConvention' },
  ])('cached tokens: $what', async ({ set, expected }) => {
    const { requests, summary } = await read([HEADER, 'c1,2026-10-14T09:00:00Z,openai,gpt-4o,1000,900,1'], {
      set,
    });
    expect(requests[0]?.tokens.input ?? summary.rejects[0]?.code).toBe(expected);
    if (typeof expected === 'string') expect(summary.rejects[0]?.where).toMatch(/calls\.csv:2:/);
  });

  it('needs no convention where nothing was cached', async () => {
    const { requests } = await read([
      HEADER,
      'c1,2026-10-14T09:00:00Z,openai,gpt-4o,1000,0,1',
      'c2,2026-10-14T09:00:00Z,openai,gpt-4o,5,,1',
    ]);
    expect(requests.map(({ tokens }) => tokens.cachedInput)).toEqual([0, null]);
  });

  it('counts and names what has no price, and does not call it free', async () => {
    const { requests, summary } = await read([
      HEADER,
      'c1,2026-10-14T09:00:00Z,openai,gpt-nonsense,1000,,1',
      'c2,2026-10-14T09:00:00Z,openai,gpt-4o,1000,,',
    ]);
    expect(requests.map(({ costPicos }) => costPicos)).toEqual([null, null]);
    expect(summary.totals).toMatchObject({
      cost: '0.00',
      pricedRequests: 0,
      unpricedRequests: 2,
      unpricedModels: 'gpt-4o 1, gpt-nonsense 1',
    });
    expect(summary.warnings.map(({ code, count }) => [code, count])).toEqual([
      ['unpriced-unknown-model', 1],
      ['unpriced-usage-unknown', 1],
    ]);
  });

  it('leaves calls of own servers to the ledger', async () => {
    const { requests, summary } = await read([HEADER, 'c1,2026-10-14T09:00:00Z,vllm,llama-3-8b,1000,,1']);
    expect(requests[0]).toMatchObject({ serving: 'self_hosted', costPicos: null });
    expect(summary.totals).toMatchObject({ selfHostedRequests: 1, unpricedRequests: 0 });
  });

  it('takes a stated cost first, and says that the known price is another', async () => {
    const { requests, summary } = await read([
      'start,provider,model,inputTokens,outputTokens,cost',
      '2026-10-14T09:00:00Z,openai,gpt-4o,1000,500,0.01',
    ]);
    expect(requests[0]).toMatchObject({ costPicos: 10_000_000_000n, priceReference: 'stated in the file' });
    expect(summary.warnings).toEqual([
      {
        code: 'stated-cost-differs',
        message:
          'the source states another cost than the known prices give: 0.01 stated, 0.0075 computed, over the calls that have both',
        count: 1,
      },
    ]);
  });

  test.each([
    ['200', null],
    ['ok', null],
    ['429', '429'],
    ['timeout', 'timeout'],
  ])('status %s is error %s', async (status, error) => {
    const { requests } = await read(['start,status', `2026-10-14T09:00:00Z,${status}`]);
    expect(requests[0]?.error).toBe(error);
  });

  it('gives rows without an id one by file and line', async () => {
    const { requests } = await read(['start,model', '2026-10-14T09:00:00Z,a', '2026-10-14T09:00:00Z,a']);
    const ids = requests.map(({ requestId }) => requestId);
    expect(ids[0]).toMatch(/^requests:[0-9a-f]{10}:2$/);
    expect(new Set(ids).size).toBe(2);
  });

  test.each([
    ['a price that leaves out what was used', { inputPriceMtok: '3' }, 'unpriced-missing-price'],
    ['a price that is none', { inputPriceMtok: 'cheap', outputPriceMtok: '1' }, 'bad-amount'],
  ])('%s', async (_, set, expected) => {
    const { summary } = await read([HEADER, 'c1,2026-10-14T09:00:00Z,openai,gpt-4o,1000,,1'], { set });
    expect(summary.warnings[0]?.code ?? summary.rejects[0]?.code).toBe(expected);
  });
});

describe.skipIf(!existsSync(AZURE))('a public trace (skipped without ../shared/data/azure-llm-2023)', () => {
  const map = { start: 'TIMESTAMP', inputTokens: 'ContextTokens', outputTokens: 'GeneratedTokens' };

  it('costs what it costs at 3 and 15 dollars a million', async () => {
    const set = { inputPriceMtok: '3', outputPriceMtok: '15' };
    const { requests, summary } = await readFrom(source, AZURE, { map, set });
    expect(summary.rejects).toEqual([]);
    expect(requests[0]?.startMs).toBe(Date.parse('2023-11-16T18:17:03.979Z'));
    expect(summary.totals).toMatchObject({
      requests: 8819,
      inputTokens: 18_059_974,
      outputTokens: 245_896,
      cost: '57.868362',
    });
  });
});
