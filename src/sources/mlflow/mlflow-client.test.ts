import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { OutsideFailure } from '../../ports/failures.ts';
import { createMlflowClient, type MlflowClientOptions } from './mlflow-client.ts';

type Received = Readonly<{ url: string; method: string; headers: IncomingMessage['headers']; body: string }>;
type Reply = (received: Received, response: ServerResponse) => void;

let server: Server | undefined;
let received: Received[] = [];
const never = new AbortController().signal;

afterEach(() => {
  received = [];
  server?.closeAllConnections();
  server?.close();
});

describe('the client', () => {
  it('asks under the prefix of the url, with basic authorization from it', async () => {
    const client = await serve(json({}), (url) => `${url.replace('//', '//ada:s3cret@')}/tracking/`);
    expect(client.address).not.toContain('s3cret');
    expect(await pagesOf(client.searchRuns(['1'], 'attributes.end_time >= 5', never))).toEqual([[]]);
    const [{ url, method, headers, body }] = received as [Received];
    expect([method, url]).toEqual(['POST', '/tracking/api/2.0/mlflow/runs/search']);
    expect(headers.authorization).toBe(`Basic ${Buffer.from('ada:s3cret').toString('base64')}`);
    expect(JSON.parse(body)).toEqual({
      experiment_ids: ['1'],
      filter: 'attributes.end_time >= 5',
      run_view_type: 'ALL',
      max_results: 2,
      order_by: ['attributes.start_time ASC'],
    });
  });

  it('sends a token and further headers', async () => {
    const client = await serve(json({}), undefined, { bearerToken: 'abc', headers: { 'X-Team': 't' } });
    await client.experiments(never);
    expect(received[0]!.headers).toMatchObject({ authorization: 'Bearer abc', 'x-team': 't' });
  });

  it('follows pages to the last, and stops where a page leads to itself', async () => {
    const client = await serve((request, response) => {
      const token = new URL(request.url, 'http://x').searchParams.get('page_token') ?? 'a';
      const next = { a: 'b', b: 'c', c: 'c' }[token];
      const point = { key: 'm', value: 1, timestamp: token.charCodeAt(0), step: 0 };
      json({ metrics: [point], next_page_token: next })(request, response);
    });
    const points = await client.history('r', 'm', never);
    expect(points.map(({ atMs }) => String.fromCharCode(atMs))).toEqual(['a', 'b', 'c']);
  });

  it('reads 64-bit integers as texts, and leaves out values that are no number', async () => {
    const info = { run_id: 'r', experiment_id: '1', status: 'FINISHED', start_time: '5', end_time: '0' };
    const metrics = [
      { key: 'a', value: '0.5', timestamp: '7', step: '0' },
      { key: 'b', value: 'Infinity', timestamp: 7, step: 0 },
    ];
    const client = await serve(json({ run: { info, data: { metrics } } }));
    expect(await client.run('r', never)).toEqual({
      runId: 'r',
      name: 'r',
      experimentId: '1',
      userId: null,
      status: 'FINISHED',
      startMs: 5,
      endMs: null,
      isDeleted: false,
      metrics: [{ key: 'a', value: 0.5, atMs: 7 }],
      parameters: {},
      tags: {},
      dataDigests: [],
    });
  });

  it('knows a run that is not there from a server that is none', async () => {
    const gone = await serve(answer(404, '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no such run"}'));
    expect(await gone.run('r', never)).toBeUndefined();
    server?.close();
    const elsewhere = await serve(answer(404, '<html>'));
    await expect(elsewhere.run('r', never)).rejects.toThrow('is not the API of an MLflow tracking server');
  });

  test.each([
    [429, '{"message":"slow down"}'],
    [503, 'restarting'],
  ])('asks again after %i', async (status, body) => {
    const client = await serve((request, response) => {
      const isReady = received.length === 3;
      return isReady ? json({ experiments: [] })(request, response) : answer(status, body)(request, response);
    });
    expect(await client.experiments(never)).toEqual([]);
    expect(received).toHaveLength(3);
  });

  test.each([
    [401, '{"message":"who?"}', 'refused', 'bearerToken', 1],
    [302, '', 'refused', 'the address of the API itself', 1],
    [400, '{"message":"bad filter"}', 'answer-unexpected', 'MLFLOW_TRACKING_URI', 1],
    [200, '<html>', 'answer-unexpected', 'MLFLOW_TRACKING_URI', 1],
    [500, '{"message":"database is locked"}', 'unreachable', 'the log of the server', 5],
    [429, '{"message":"slow down"}', 'too-much-asked', 'collect less often', 5],
  ] as const)('gives up on %i: %s', async (status, body, code, remedy, times) => {
    const client = await serve(answer(status, body));
    const failure = await client.experiments(never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutsideFailure);
    expect(failure).toMatchObject({ code, remedy: expect.stringContaining(remedy) });
    expect(received).toHaveLength(times);
  });

  it('ends when it is asked to, also between two attempts', async () => {
    const controller = new AbortController();
    const client = await serve(
      (request, response) => {
        answer(503, '')(request, response);
        controller.abort(new Error('enough'));
      },
      undefined,
      { firstPauseMs: 60_000 },
    );
    await expect(client.experiments(controller.signal)).rejects.toThrow();
    expect(received).toHaveLength(1);
  });

  it.each(['sqlite:///mlflow.db', 'databricks', 'ftp://ada:s3cret@host'])('refuses %s as a url', (url) => {
    const creating = () => createMlflowClient({ ...SETTINGS, url });
    expect(creating).toThrow('is not an http(s) address');
    expect(creating).not.toThrow('s3cret');
  });
});

const SETTINGS: MlflowClientOptions = {
  url: '',
  bearerToken: null,
  user: null,
  headers: {},
  pageSize: 2,
  pointsPerPage: 2,
  firstPauseMs: 1,
};

async function serve(reply: Reply, urlOf = (url: string) => url, options: Partial<MlflowClientOptions> = {}) {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { url = '', method = '', headers } = request;
    received.push({ url, method, headers, body });
    reply({ url, method, headers, body }, response);
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return createMlflowClient({ ...SETTINGS, ...options, url: urlOf(`http://127.0.0.1:${port}`) });
}

function answer(status: number, body: string): Reply {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  };
}

function json(value: unknown): Reply {
  return answer(200, JSON.stringify(value));
}

async function pagesOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
