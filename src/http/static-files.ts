import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { MiddlewareHandler } from 'hono';

const FOREVER = 'public, max-age=31536000, immutable';

/**
 * The built dashboard. Files under `assets/` carry a hash in their name and never change; every address without a file is a view of
 * the one page.
 */
export function staticFiles(directory: string): MiddlewareHandler {
  const file = serveStatic({ root: directory });
  const page = serveStatic({ path: join(directory, 'index.html') });
  return async (context, next) => {
    const isAsset = context.req.path.startsWith('/assets/');
    const found = await file(context, async () => {});
    if (found instanceof Response) return withCaching(found, isAsset ? FOREVER : 'no-cache');
    if (isAsset) return next();
    const fallback = await page(context, next);
    return fallback instanceof Response ? withCaching(fallback, 'no-cache') : fallback;
  };
}

function withCaching(response: Response, caching: string): Response {
  response.headers.set('Cache-Control', caching);
  return response;
}
