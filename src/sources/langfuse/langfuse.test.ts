import { describe, expect, it, test } from 'vitest';
import { loadModelPrices, readCalls } from '../../../test/support/read-calls.ts';
import { createLangfuseFileSource } from './langfuse-file-source.ts';

/** Invented, in the shape of `GET /api/public/observations`. */
const generation = (about: Record<string, unknown> = {}) => ({
  id: 'obs-1',
  traceId: 'trace-1',
  type: 'GENERATION',
  name: 'answer',
  startTime: '2026-10-14T09:00:00.000Z',
  endTime: '2026-10-14T09:00:02.000Z',
  completionStartTime: '2026-10-14T09:00:00.400Z',
  model: 'claude-sonnet-4-5',
  metadata: { ls_provider: 'anthropic', step: 'generate' },
  usageDetails: { input: 100, cache_read_input_tokens: 900, output: 50, total: 1050 },
  promptName: 'summary',
  promptVersion: 7,
  sessionId: 'conv-1',
  environment: 'production',
  level: 'DEFAULT',
  ...about,
});

const source = createLangfuseFileSource({ loadModelPrices });
const read = (rows: readonly unknown[], options = {}) =>
  readCalls(source, 'export.json', JSON.stringify(rows), options);

describe('observations', () => {
  it('adds up tokens that Langfuse counts apart', async () => {
    const { requests, summary } = await read([generation()]);
    expect(summary.rejects).toEqual([]);
    expect(requests[0]).toEqual({
      requestId: 'langfuse:obs-1',
      endpoint: 'anthropic',
      serving: 'api',
      model: 'claude-sonnet-4-5',
      provider: 'anthropic',
      operation: 'chat',
      startMs: Date.parse('2026-10-14T09:00:00Z'),
      durationMs: 2000,
      timeToFirstTokenMs: 400,
      error: null,
      tokens: { input: 1000, cachedInput: 900, cacheWrittenInput: null, output: 50, reasoning: null },
      labels: {
        promptName: 'summary',
        promptVersion: '7',
        step: 'generate',
        agent: null,
        conversation: 'conv-1',
      },
      costPicos: 1_320_000_000n,
      priceReference: expect.stringMatching(/^anthropic\/claude-sonnet-4-5/),
      attributes: { 'label:environment': 'production' },
    });
  });

  test.each([
    ['apart, without a total', { input: 100, input_cached_tokens: 900, output: 50 }, 1000],
    [
      'together, as the total shows',
      { input: 1000, input_cached_tokens: 900, output: 50, total: 1050 },
      1000,
    ],
    [
      'neither, as the total shows',
      { input: 1000, input_cached_tokens: 900, output: 50, total: 1500 },
      'token-convention-unknown',
    ],
    [
      'two kinds of writes',
      { input: 10, input_cache_creation_5m: 20, input_cache_creation_1h: 30, output: 1 },
      60,
    ],
    ['reasoning apart', { input: 10, output: 5, output_reasoning_tokens: 7, total: 22 }, 10],
  ])('%s', async (_, usageDetails, expected) => {
    const { requests, summary } = await read([generation({ usageDetails })]);
    expect(requests[0]?.tokens.input ?? summary.rejects[0]?.code).toBe(expected);
  });

  it('adds reasoning to the output it was taken from', async () => {
    const { requests } = await read([
      generation({ usageDetails: { input: 10, output: 5, output_reasoning_tokens: 7 } }),
    ]);
    expect(requests[0]?.tokens).toMatchObject({ output: 12, reasoning: 7 });
  });

  it('takes a convention that is stated', async () => {
    const usageDetails = { input: 1000, input_cached_tokens: 900, output: 50, total: 1500 };
    const { requests } = await read([generation({ usageDetails })], {
      set: { tokenConvention: 'includes-cached' },
    });
    expect(requests[0]?.tokens.input).toBe(1000);
  });

  it('leaves out what calls no model', async () => {
    const { requests, summary } = await read([
      generation({ type: 'SPAN' }),
      generation({ type: 'TOOL' }),
      generation(),
    ]);
    expect(requests).toHaveLength(1);
    expect(summary.totals).toMatchObject({ requests: 1, otherObservations: 2 });
  });

  it('reads the spelling of the blob export and old usage', async () => {
    const { requests } = await read([
      {
        id: 'obs-2',
        type: 'EMBEDDING',
        start_time: '2026-10-14 09:00:00.000000',
        end_time: '2026-10-14 09:00:00.100000',
        provided_model_name: 'text-embedding-3-small',
        usage: { input: 500, output: 0, total: 500, unit: 'TOKENS' },
        total_cost: '0.00001',
        prompt_name: null,
      },
    ]);
    expect(requests[0]).toMatchObject({
      operation: 'embeddings',
      costPicos: 10_000_000n,
      priceReference: 'cost of Langfuse',
      labels: { step: 'embed' },
    });
  });
});

describe('scores', () => {
  it('reads an export of scores', async () => {
    const { scores, summary } = await read([
      {
        id: 's1',
        traceId: 't',
        observationId: 'obs-1',
        name: 'helpfulness',
        value: 0.8,
        dataType: 'NUMERIC',
        source: 'EVAL',
        timestamp: '2026-10-14T10:00:00Z',
      },
      {
        id: 's2',
        traceId: 't',
        observationId: null,
        name: 'hallucination',
        value: 1,
        dataType: 'BOOLEAN',
        source: 'ANNOTATION',
        timestamp: '2026-10-14T10:00:00Z',
      },
      {
        id: 's3',
        traceId: 't',
        observationId: null,
        name: 'tone',
        stringValue: 'warm',
        dataType: 'CATEGORICAL',
        source: 'API',
        timestamp: '2026-10-14T10:00:00Z',
      },
    ]);
    expect(
      scores.map(({ scoreId, name, value, requestId, by }) => [scoreId, name, value, requestId, by]),
    ).toEqual([
      ['langfuse:s1', 'helpfulness', 0.8, 'langfuse:obs-1', 'llm_judge'],
      ['langfuse:s2', 'hallucination', 1, null, 'human'],
    ]);
    expect(summary.warnings).toMatchObject([{ code: 'score-without-number', count: 1 }]);
  });

  it('reads scores within an observation, which say model and prompt', async () => {
    const { scores } = await read([
      generation({ scores: [{ id: 's1', name: 'accuracy', value: 1, source: 'ANNOTATION' }] }),
      generation({ id: 'obs-3', scores: { helpfulness: [0.5] } }),
    ]);
    expect(scores).toMatchObject([
      {
        scoreId: 'langfuse:s1',
        model: 'claude-sonnet-4-5',
        promptVersion: '7',
        requestId: 'langfuse:obs-1',
        by: 'human',
      },
      { scoreId: 'langfuse:obs-3:helpfulness:0', value: 0.5, requestId: 'langfuse:obs-3' },
    ]);
  });
});

test('a file that is no export', async () => {
  await expect(read([{ a: 1 }])).rejects.toMatchObject({ code: 'columns-missing' });
});
