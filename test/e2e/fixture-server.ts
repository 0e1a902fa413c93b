import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { DASHBOARD } from './dashboard-build.ts';

export type Answer = Readonly<{ status: number; body: unknown; delayMs?: number }>;
export type DashboardServer = Readonly<{ url: string; close: () => Promise<void> }>;

/** The strictest policy that the dashboard works under; a real server may send it as it is. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Serves the built dashboard and, at `/api/v1/overview`, what `overview` answers; on loopback, on a free port. */
export async function startFixtureServer(overview: (url: URL) => Answer): Promise<DashboardServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/api/v1/live') return sendNothingNew(response);
    const served =
      url.pathname === '/api/v1/overview' ? sendAnswer(response, overview(url)) : sendFile(response, url);
    served.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A server that runs and gets nothing new. */
function sendNothingNew(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('event: revision\ndata: {"revision":"a"}\n\n');
}

async function sendAnswer(response: ServerResponse, { status, body, delayMs = 0 }: Answer): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

async function sendFile(response: ServerResponse, url: URL): Promise<void> {
  const path = url.pathname === '/' ? 'index.html' : normalize(url.pathname).replace(/^[/\\]+/, '');
  const content = await readFile(join(DASHBOARD, path)).catch(() => null);
  if (content === null) {
    response.writeHead(404).end();
    return;
  }
  response
    .writeHead(200, {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    })
    .end(content);
}
