import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { describeRoute } from 'hono-openapi';
import { TareError } from '../../app/errors.ts';
import type { Revisions } from '../../ports/revisions.ts';
import { answers } from '../openapi-document.ts';
import { revision } from '../schemas/live.ts';

export type LiveOptions = Readonly<{
  /** Pages that are told at once; others ask. */
  most?: number;
  heartbeatMs?: number;
  /** Changes within this time are one. */
  gatherMs?: number;
}>;

const MOST = 200;
const HEARTBEAT_MS = 15_000;
const GATHER_MS = 250;
const TAGS = ['dashboard'];

/**
 * Word of new figures: `/live` as server-sent events, `/revision` for those that ask. A stream ends when its reader leaves, and with the
 * server, which closes its connections.
 */
export function liveRoutes(revisions: Revisions, options: LiveOptions = {}): Hono {
  const { most = MOST, heartbeatMs = HEARTBEAT_MS, gatherMs = GATHER_MS } = options;
  let readers = 0;
  const routes = new Hono();

  routes.get(
    '/revision',
    describeRoute({
      operationId: 'revision',
      tags: TAGS,
      summary: 'Names the state of the store; another name means that figures may have changed',
      responses: answers(revision, 'The name; it says nothing else.'),
    }),
    (context) => {
      const current = revisions.current();
      const tag = `"${current}"`;
      context.header('Cache-Control', 'private, no-cache');
      context.header('ETag', tag);
      // Compressed on its way, the same answer has a weak tag.
      if (context.req.header('if-none-match')?.replace(/^W\//, '') === tag) return context.body(null, 304);
      return context.json({ revision: current });
    },
  );

  routes.get(
    '/live',
    describeRoute({
      operationId: 'live',
      tags: TAGS,
      summary: 'An event for every new revision, the current one first, and one named here now and then',
      responses: answers(revision, 'Data of the events named revision.', ['text/event-stream']),
    }),
    (context) => {
      if (readers >= most) {
        throw new TareError(
          'tooManyWatchers',
          `${readers} pages are told of new figures already`,
          'ask /api/v1/revision now and then instead, or close pages that nobody looks at',
        );
      }
      readers += 1;
      // A proxy that gathers the stream would keep it from its reader.
      context.header('X-Accel-Buffering', 'no');
      return streamSSE(context, async (stream) => {
        const left = new Promise<void>((resolve) => stream.onAbort(resolve));
        let told = '';
        let gathering: NodeJS.Timeout | undefined;
        const tell = () => {
          gathering = undefined;
          const current = revisions.current();
          if (current === told) return;
          told = current;
          void stream.writeSSE({ event: 'revision', data: JSON.stringify({ revision: current }) });
        };
        const ended = revisions.watch(() => {
          gathering ??= setTimeout(tell, gatherMs);
        });
        const heartbeat = setInterval(() => void stream.writeSSE({ event: 'here', data: '' }), heartbeatMs);
        try {
          tell();
          await left;
        } finally {
          ended();
          clearInterval(heartbeat);
          clearTimeout(gathering);
          readers -= 1;
        }
      });
    },
  );
  return routes;
}
