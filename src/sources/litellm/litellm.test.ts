import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { loadModelPrices, readCalls, takeCalls } from '../../../test/support/read-calls.ts';
import { createLitellmFileSource } from './litellm-file-source.ts';
import { LitellmLiveSource } from './litellm-live-source.ts';

/** Invented, in the shape of LiteLLM_SpendLogs. */
const log = (about: Record<string, unknown> = {}) => ({
  request_id: 'chatcmpl-1',
  call_type: 'acompletion',
  api_key: 'hash',
  spend: 0.0075,
  total_tokens: 1500,
  prompt_tokens: 1000,
  completion_tokens: 500,
  startTime: '2026-10-14T09:00:00.250000Z',
  endTime: '2026-10-14T09:00:02.250000Z',
  completionStartTime: '2026-10-14T09:00:00.500000Z',
  model: 'gpt-4o',
  model_group: 'house-default',
  custom_llm_provider: 'openai',
  api_base: 'https://api.openai.com/v1',
  user: 'u-7',
  metadata: {
    user_api_key_alias: 'docs-key',
    user_api_key_team_alias: 'search',
    spend_logs_metadata: { prompt_name: 'summary', prompt_version: 4, step: 'judge' },
    usage_object: {
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 20 },
    },
  },
  cache_hit: 'None',
  request_tags: ['env:prod', 'nightly', 'beta'],
  team_id: 'team-1',
  session_id: 'conv-1',
  agent_id: 'writer',
  status: 'success',
  ...about,
});

const source = createLitellmFileSource({ loadModelPrices });
const read = (logs: readonly unknown[], options = {}) =>
  readCalls(source, 'spend.json', JSON.stringify(logs), options);

describe('spend logs in a file', () => {
  it('reads a call', async () => {
    const { requests, summary } = await read([log()]);
    expect(summary.rejects).toEqual([]);
    expect(summary.warnings).toEqual([]);
    expect(requests[0]).toEqual({
      requestId: 'litellm:chatcmpl-1',
      endpoint: 'openai',
      serving: 'api',
      model: 'gpt-4o',
      provider: 'openai',
      operation: 'chat',
      startMs: Date.parse('2026-10-14T09:00:00.250Z'),
      durationMs: 2000,
      timeToFirstTokenMs: 250,
      error: null,
      tokens: { input: 1000, cachedInput: 0, cacheWrittenInput: null, output: 500, reasoning: 20 },
      labels: {
        promptName: 'summary',
        promptVersion: '4',
        step: 'judge',
        agent: 'writer',
        conversation: 'conv-1',
      },
      costPicos: 7_500_000_000n,
      priceReference: 'spend of LiteLLM',
      attributes: {
        'label:team': 'search',
        'label:env': 'prod',
        'litellm:team': 'team-1',
        'litellm:key': 'docs-key',
        'litellm:user': 'u-7',
        'litellm:model_group': 'house-default',
        'litellm:tags': 'beta nightly',
      },
    });
  });

  test.each([
    {
      what: 'a spend of nothing is a price that LiteLLM did not know',
      about: { spend: 0 },
      cost: 7_500_000_000n,
    },
    { what: 'unless its cache answered', about: { spend: 0, cache_hit: 'True' }, cost: 0n },
    { what: 'a small float', about: { spend: 1.5e-7 }, cost: 150_000n },
    { what: 'a model that nobody knows', about: { spend: 0, model: 'nonsense' }, cost: null },
    { what: 'a server of our own', about: { custom_llm_provider: 'hosted_vllm' }, cost: null },
    {
      what: 'a server of our own behind the name of an API',
      about: { api_base: 'http://llama.serving.svc:8000/v1' },
      cost: null,
    },
  ])('$what', async ({ about, cost }) => {
    const { requests } = await read([log(about)]);
    expect(requests[0]?.costPicos).toBe(cost);
  });

  it('finds the workload that answered', async () => {
    const { requests } = await read([log({ api_base: 'http://llama.serving.svc:8000/v1' })]);
    expect(requests[0]).toMatchObject({ endpoint: 'llama', serving: 'self_hosted' });
  });

  it('keeps failures, which nobody bills', async () => {
    const failed = log({
      status: 'failure',
      spend: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      metadata: { error_information: { error_code: '429' } },
    });
    const { requests, summary } = await read([failed]);
    expect(requests[0]).toMatchObject({ error: '429' });
    expect(summary.totals).toMatchObject({ errors: 1, unpricedRequests: 0 });
  });

  it('reads CSV of the table, with nested values as text', async () => {
    const columns = [
      'request_id',
      'startTime',
      'model',
      'prompt_tokens',
      'completion_tokens',
      'spend',
      'metadata',
      'request_tags',
    ];
    const cells = [
      'r1',
      '2026-10-14 09:00:00.123+00',
      'gpt-4o',
      '10',
      '5',
      '0.000125',
      '{"usage_object":{"cache_read_input_tokens":4}}',
      '["a","b"]',
    ];
    const quoted = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
    const { requests, summary } = await readCalls(source, 'spend.csv', `${columns.join(',')}\n${quoted}\n`);
    expect(summary.rejects).toEqual([]);
    expect(requests[0]).toMatchObject({ tokens: { cachedInput: 4 }, attributes: { 'litellm:tags': 'a b' } });
    expect(requests[0]?.startMs).toBe(Date.parse('2026-10-14T09:00:00.123Z'));
  });

  test.each([
    [{ request_id: null }, 'request_id'],
    [{ startTime: 'yesterday' }, 'startTime'],
    [{ spend: 'a lot' }, 'spend'],
    [{ metadata: { usage_object: { cache_read_input_tokens: 2000 } } }, 'prompt_tokens'],
  ])('rejects %j and reads on', async (about, column) => {
    const { requests, summary } = await read([log(about), log({ request_id: 'next' })]);
    expect(summary.rejects[0]?.where).toMatch(new RegExp(`spend\\.json:1:${column}$`));
    expect(requests.map(({ requestId }) => requestId)).toEqual(['litellm:next']);
  });
});

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => new Promise((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const hour = { fromMs: Date.parse('2026-10-14T09:00:00Z'), toMs: Date.parse('2026-10-14T10:00:00Z') };

function liveSource(url: string): LitellmLiveSource {
  return new LitellmLiveSource(
    { name: 'gateway', url, key: 'sk-secret', headers: {}, currency: 'USD', rates: {} },
    { loadModelPrices, clock: { nowMs: () => Date.parse('2026-10-14T12:30:00Z') } },
  );
}

const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

describe('spend logs of a running proxy', () => {
  it('asks hour by hour and page by page, with the key', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://proxy');
      asked.push(
        `${request.headers.authorization} ${pathname} ${searchParams.get('start_date')} ${searchParams.get('end_date')} ${searchParams.get('page')}`,
      );
      const page = Number(searchParams.get('page'));
      const late = log({ request_id: 'late', startTime: '2026-10-14T10:00:00.000Z' });
      json(response, { data: page === 1 ? [log()] : [log({ request_id: 'second' }), late], total_pages: 2 });
    });
    const live = liveSource(url);
    expect(live.chunks({ fromMs: hour.fromMs + 1, toMs: hour.toMs + 1 }).map(({ name }) => name)).toEqual([
      '2026-10-14T09',
      '2026-10-14T10',
    ]);
    const { requests, summary } = await takeCalls(live.read(hour, new AbortController().signal));
    expect(asked).toEqual([
      'Bearer sk-secret /spend/logs/v2 2026-10-14 09:00:00 2026-10-14 10:00:00 1',
      'Bearer sk-secret /spend/logs/v2 2026-10-14 09:00:00 2026-10-14 10:00:00 2',
    ]);
    expect(requests.map(({ requestId }) => requestId)).toEqual(['litellm:chatcmpl-1', 'litellm:second']);
    expect(summary).toMatchObject({ rowsRead: 2, totals: { cost: '0.015' } });
  });

  it('asks older proxies for whole days and keeps the hour', async () => {
    const url = await serve((request, response) =>
      request.url!.startsWith('/spend/logs/v2')
        ? json(response, { detail: 'Not Found' }, 404)
        : json(response, [log(), log({ request_id: 'early', startTime: '2026-10-14T08:59:59Z' })]),
    );
    const { requests } = await takeCalls(liveSource(url).read(hour, new AbortController().signal));
    expect(requests.map(({ requestId }) => requestId)).toEqual(['litellm:chatcmpl-1']);
  });

  test.each([
    [401, 'refused'],
    [400, 'answer-unexpected'],
  ])('status %i is %s, and the key is not shown', async (status, code) => {
    const url = await serve((_, response) => json(response, { error: 'no' }, status));
    const reading = takeCalls(liveSource(url).read(hour, new AbortController().signal));
    await expect(reading).rejects.toMatchObject({ code });
    await expect(reading).rejects.not.toThrow(/sk-secret/);
    expect(await liveSource(url).probe(new AbortController().signal)).toMatchObject([{ status: 'failing' }]);
  });
});
