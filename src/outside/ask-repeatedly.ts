import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideFailure } from '../ports/failures.ts';

export type Outcome<T> =
  | Readonly<{ answer: T }>
  | Readonly<{ failure: OutsideFailure; mayPass: boolean; retryAfterMs?: number | undefined }>;

/** One question that only reads, and what its answer means. */
export type Question<T> = Readonly<{
  url: string;
  /** Without a body it is a GET. */
  request: Readonly<{ headers: Headers; body?: string | URLSearchParams | null }>;
  timeoutMs: number;
  /** What to do about a server that takes longer. */
  whenLate: string;
  read(response: Response, text: string): Outcome<T>;
}>;

const MAX_ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Asks, and tries again what may pass: a rate limit, a server that restarts, a connection that breaks. `firstPauseMs` is doubled with
 * each further attempt, unless the server says how long to wait. Throws `OutsideFailure`, or the reason of the signal.
 */
export async function askRepeatedly<T>(
  question: Question<T>,
  firstPauseMs: number,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    const outcome = await askOnce(question, signal);
    if ('answer' in outcome) return outcome.answer;
    if (!outcome.mayPass || attempt === MAX_ATTEMPTS) throw outcome.failure;
    const pauseMs = outcome.retryAfterMs ?? firstPauseMs * 2 ** (attempt - 1);
    await sleep(Math.min(pauseMs, LONGEST_PAUSE_MS), undefined, { signal });
  }
}

/** How long a response asks to wait; `undefined` when it does not say in seconds. */
export function retryAfterMs(response: Response): number | undefined {
  const waitSeconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(waitSeconds) ? waitSeconds * 1000 : undefined;
}

async function askOnce<T>(
  { url, request: { headers, body = null }, timeoutMs, whenLate, read }: Question<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const place = url.split('?')[0]!;
  try {
    const response = await fetch(url, {
      method: body === null ? 'GET' : 'POST',
      headers,
      body,
      // A redirect leads to a login page more often than to another server, and would carry the token along.
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    return read(response, await response.text());
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) {
      const message = `${place} did not answer within ${timeoutMs / 1000} seconds`;
      return { failure: new OutsideFailure('timed-out', message, whenLate, error), mayPass: false };
    }
    const failure = new OutsideFailure(
      'unreachable',
      `${place} cannot be reached: ${causeOf(error)}`,
      'check the url in tare.yaml and that the server runs: curl must reach it from here',
      error,
    );
    return { failure, mayPass: true };
  }
}

function causeOf(error: unknown): string {
  const cause = (error as Error).cause;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.message : (error as Error).message;
}
