import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = Readonly<{ path: string; body: string }>;
export type Receiver = Readonly<{ url: string; stop: () => Promise<void> }>;

/** A real receiver of messages on loopback, on a free port; what it does with one is up to the test. */
export async function startReceiver(
  onMessage: (message: Received, response: ServerResponse) => void,
): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => onMessage({ path: request.url ?? '', body }, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
