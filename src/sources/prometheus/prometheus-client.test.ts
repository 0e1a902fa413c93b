import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { OutsideFailure } from '../../ports/failures.ts';
import { createPrometheusClient } from './prometheus-client.ts';

type Reply = (request: Received, response: ServerResponse) => void;
type Received = Readonly<{
  url: string;
  method: string;
  headers: IncomingMessage['headers'];
  form: URLSearchParams;
}>;

let server: Server | undefined;
let received: Received[] = [];
const never = new AbortController().signal;

afterEach(() => {
  received = [];
  server?.closeAllConnections();
  server?.close();
});

describe('the client', () => {
  it('posts the question as a form, under the prefix of the url, with basic authorization from it', async () => {
    const { client } = await serve(
      json({ resultType: 'matrix', result: [] }),
      (url) => `${url.replace('//', '//ada:s3cret@')}/prom/`,
    );
    await client.queryRange('up{a="b"}', { firstMs: 59_999, lastMs: 119_999, stepMs: 60_000 }, never);
    const [{ url, method, headers, form }] = received as [Received];
    expect([method, url]).toEqual(['POST', '/prom/api/v1/query_range']);
    expect(Object.fromEntries(form)).toEqual({
      query: 'up{a="b"}',
      start: '59.999',
      end: '119.999',
      step: '60.000',
    });
    expect(headers.authorization).toBe(`Basic ${Buffer.from('ada:s3cret').toString('base64')}`);
  });

  it('sends a token and further headers', async () => {
    const { client } = await serve(json({ result: [] }), (url) => url, {
      bearerToken: 'abc',
      headers: { 'X-Scope-OrgID': 't' },
    });
    await client.query('up', 0, never);
    expect(received[0]!.headers).toMatchObject({ authorization: 'Bearer abc', 'x-scope-orgid': 't' });
  });

  it('reads numbers, leaves out what is none, and passes warnings on', async () => {
    const values = [
      [60, '1.5'],
      [120.5, 'NaN'],
      [180, '+Inf'],
      [240, '2e3'],
    ];
    const { client } = await serve(json({ result: [{ metric: { a: 'b' }, values }] }, ['store 2 is away']));
    expect(await client.queryRange('up', { firstMs: 0, lastMs: 240_000, stepMs: 60_000 }, never)).toEqual({
      series: [
        {
          labels: { a: 'b' },
          samples: [
            [60_000, 1.5],
            [240_000, 2000],
          ],
        },
      ],
      warnings: ['store 2 is away'],
    });
  });

  test.each([[429], [500], [502], [503]])('tries again after %i', async (status) => {
    const { client } = await serve((_, response) =>
      received.length < 3 ? answer(response, status, '') : json({ result: [] })(received[0]!, response),
    );
    expect(await client.query('up', 0, never)).toEqual({ series: [], warnings: [] });
    expect(received).toHaveLength(3);
  });

  it('tries again when the connection breaks, and gives up after a while', async () => {
    const { client } = await serve((_, response) => response.destroy());
    await expect(client.query('up', 0, never)).rejects.toMatchObject({ code: 'unreachable' });
    expect(received).toHaveLength(5);
  });

  it('halves a question that the server finds too large, down to a single step', async () => {
    const most = 3;
    const { client } = await serve(({ form }, response) => {
      const [start, end] = [Number(form.get('start')), Number(form.get('end'))];
      if ((end - start) / 60 + 1 > most)
        return answer(
          response,
          422,
          '{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}',
        );
      const values = [];
      for (let at = start; at <= end; at += 60) values.push([at, String(at)]);
      json({ result: [{ metric: { a: 'b' }, values }] })({} as Received, response);
    });
    const { series } = await client.queryRange(
      'up',
      { firstMs: 0, lastMs: 9 * 60_000, stepMs: 60_000 },
      never,
    );
    expect(series).toHaveLength(1);
    expect(series[0]!.samples.map(([at]) => at / 60_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('never asks for more points than the server allows', async () => {
    const { client } = await serve(json({ result: [] }));
    await client.queryRange('up', { firstMs: 0, lastMs: 25_000_000, stepMs: 1000 }, never);
    for (const { form } of received)
      expect(Number(form.get('end')) - Number(form.get('start'))).toBeLessThan(11_000);
    expect(received.length).toBeGreaterThan(2);
  });

  test.each([
    [401, 'no', 'refused', 'bearerToken'],
    [403, 'no', 'refused', 'X-Scope-OrgID'],
    [302, '', 'refused', 'token'],
    [404, 'no', 'answer-unexpected', '/api/v1'],
    [
      400,
      '{"status":"error","errorType":"bad_data","error":"parse error"}',
      'answer-unexpected',
      'extraMatchers',
    ],
    [
      422,
      '{"status":"error","errorType":"execution","error":"found duplicate series"}',
      'answer-unexpected',
      'extraMatchers',
    ],
    [503, '{"status":"error","errorType":"timeout","error":"query timed out"}', 'too-much-asked', 'step'],
    [200, '<html>log in</html>', 'answer-unexpected', 'login'],
    [200, '{"status":"success","data":{"result":{}}}', 'answer-unexpected', 'Prometheus'],
    [
      200,
      '{"status":"success","data":{"result":[{"metric":{},"values":[[1,2]]}]}}',
      'answer-unexpected',
      'Prometheus',
    ],
  ])('%i %s is a failure of code %s that tells what to do', async (status, body, code, remedy) => {
    const { client } = await serve(
      (_, response) => answer(response, status, body),
      (url) => url.replace('//', '//ada:s3cret@'),
    );
    const failure = await client.query('up', 0, never).then(
      () => null,
      (error: unknown) => error as OutsideFailure,
    );
    expect(failure).toBeInstanceOf(OutsideFailure);
    expect(failure!.code).toBe(code);
    expect(failure!.remedy).toContain(remedy);
    expect(received).toHaveLength(1);
    expect(`${failure!.message} ${failure!.remedy}`).not.toMatch(/s3cret|ada/);
  });

  it('stops at once when it is told to, even between two attempts', async () => {
    const abort = new AbortController();
    const { client } = await serve(
      (_, response) => {
        answer(response, 503, '');
        setTimeout(() => abort.abort(), 20);
      },
      (url) => url,
      { firstPauseMs: 60_000 },
    );
    await expect(client.query('up', 0, abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(received).toHaveLength(1);
  });

  it('asks at most four questions at a time', async () => {
    let open = 0;
    let most = 0;
    const { client } = await serve((request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        json({ result: [] })(request, response);
      }, 10);
    });
    await Promise.all(Array.from({ length: 20 }, () => client.query('up', 0, never)));
    expect([received.length, most]).toEqual([20, 4]);
  });

  test.each(['not a url with s3cret', 'ftp://ada:s3cret@host'])('refuses %s without repeating it', (url) => {
    const create = () =>
      createPrometheusClient({ url, bearerToken: null, user: null, headers: {}, firstPauseMs: 1 });
    expect(create).toThrow(OutsideFailure);
    expect(create).not.toThrow(/s3cret/);
  });

  it('does not repeat a token with a line break in it', () => {
    const create = () =>
      createPrometheusClient({
        url: 'http://host',
        bearerToken: 's3cret\nx',
        user: null,
        headers: {},
        firstPauseMs: 1,
      });
    expect(create).toThrow(/character that HTTP does not allow/);
    expect(create).not.toThrow(/s3cret/);
  });
});

async function serve(
  reply: Reply,
  toUrl: (url: string) => string = (url) => url,
  options: Partial<Parameters<typeof createPrometheusClient>[0]> = {},
) {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const one = { url: request.url!, method: request.method!, headers: request.headers, form };
      received.push(one);
      reply(one, response);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const url = toUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    client: createPrometheusClient({
      url,
      bearerToken: null,
      user: null,
      headers: {},
      firstPauseMs: 1,
      ...options,
    }),
  };
}

function json(data: unknown, warnings?: readonly string[]): Reply {
  return (_, response) => answer(response, 200, JSON.stringify({ status: 'success', data, warnings }));
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { location: '/login' });
  response.end(body);
}
