import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export type PostedReview = Readonly<{ milliseconds: number; status: number; body: string }>;

export type Posting = Readonly<{
  port: number;
  /** PEM. */
  authority: string;
  count: number;
  /** Reviews begun in a second; they do not wait for each other. */
  perSecond: number;
  bodyOf(index: number): string;
}>;

/** Posts reviews at an even pace over connections that are kept, as an API server does. Times are from when each was due: a server that falls behind shows it. */
export async function postReviews({
  port,
  authority,
  count,
  perSecond,
  bodyOf,
}: Posting): Promise<readonly PostedReview[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, ca: authority });
  const startedMs = performance.now();
  const posted: Promise<PostedReview>[] = [];
  for (let index = 0; index < count; index++) {
    const dueMs = startedMs + (index * 1_000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    posted.push(post(agent, port, bodyOf(index), Math.max(dueMs, performance.now() - LATE_CALLER_MS)));
  }
  const answers = await Promise.all(posted);
  agent.destroy();
  return answers;
}

/** What the caller itself is late by is not the server's. */
const LATE_CALLER_MS = 1;

function post(agent: Agent, port: number, body: string, dueMs: number): Promise<PostedReview> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = request(
      { agent, host: '127.0.0.1', port, path: '/admit', method: 'POST', headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            milliseconds: performance.now() - dueMs,
            status: response.statusCode!,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** The value below which this share of them lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
