import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Context, MiddlewareHandler } from 'hono';

const FOREVER = 'public, max-age=31536000, immutable';

/**
 * The built dashboard. Files under `assets/` carry a hash in their name and never change; every address without a file is a view of
 * the one page.
 */
export function staticFiles(directory: string): MiddlewareHandler {
  const file = serveStatic({ root: directory, onFound: (path, context) => setCaching(path, context) });
  const page = serveStatic({ path: join(directory, 'index.html'), onFound: setCaching });
  return async (context, next) => {
    const found = await file(context, async () => {});
    if (found instanceof Response) return found;
    if (context.req.path.startsWith('/assets/')) return next();
    return page(context, next);
  };
}

function setCaching(path: string, context: Context): void {
  context.header('Cache-Control', /[\\/]assets[\\/]/.test(path) ? FOREVER : 'no-cache');
}
