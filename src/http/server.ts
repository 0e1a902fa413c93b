import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { TareError } from '../app/errors.ts';

export type Listening = Readonly<{ url: string; port: number; close(): Promise<void> }>;

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}

/** A server that other machines can reach needs to know its callers. */
export function checkAddress(host: string, tokens: number): void {
  if (isLoopback(host) || tokens > 0) return;
  throw new TareError(
    'tokensNeeded',
    `will not listen on ${host} without tokens: everyone who reaches it could read the ledger`,
    'add server: { tokens: ["${TARE_TOKEN}"] } to tare.yaml, or leave --host away and put a proxy with sign-in in front',
  );
}

/** Listens; port 0 takes a free one. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  host: string,
  port: number,
): Promise<Listening> {
  const server = createServer(getRequestListener(fetch, { hostname: host }));
  await start(server, host, port);
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${host}]` : host;
  return { url: `http://${name}:${address.port}`, port: address.port, close: () => stop(server) };
}

function start(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describeListenError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Browsers keep connections open; nothing is lost with them.
    server.closeAllConnections();
  });
}

export function describeListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new TareError(
      'addressInUse',
      `${host}:${port} is taken by another process`,
      'stop that one, or choose another port with --port N (0 takes a free one)',
      error,
    );
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new TareError(
      'addressInUse',
      `cannot listen on ${host}:${port}: ${error.code}`,
      'check --host and --port: the address must belong to this machine, and ports below 1024 need rights',
      error,
    );
  }
  return error;
}
