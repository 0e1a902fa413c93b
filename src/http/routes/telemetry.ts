import type { Context } from 'hono';
import { Hono } from 'hono';
import type { TelemetryReceiver } from '../../ports/telemetry-receiver.ts';

/**
 * Where OpenTelemetry exporters send to: POST /v1/traces and /v1/metrics. Not a part of the API that the OpenAPI document describes: the
 * protocol is OTLP/HTTP, and so are its answers.
 */
export function telemetryRoutes(receiver: TelemetryReceiver): Hono {
  const routes = new Hono();
  routes.post('/:signal', async (context) => {
    const { status, headers, body } = await receiver.receive({
      signal: context.req.param('signal'),
      contentType: context.req.header('content-type') ?? null,
      contentEncoding: context.req.header('content-encoding') ?? null,
      body: bodyOf(context),
    });
    return new Response(body, { status, headers });
  });
  routes.all('/:signal', (context) => context.text('OTLP is sent by POST', 405, { Allow: 'POST' }));
  return routes;
}

async function* bodyOf({ req }: Context): AsyncGenerator<Uint8Array> {
  if (req.raw.body === null) return;
  yield* req.raw.body as AsyncIterable<Uint8Array>;
}
