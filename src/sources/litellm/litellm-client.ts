import { isObject } from '../../domain/inference/nested-text.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import { askRepeatedly, type Outcome, retryAfterMs } from '../../outside/ask-repeatedly.ts';
import { OutsideFailure } from '../../ports/failures.ts';

export type LitellmAccess = Readonly<{
  url: string;
  key: string;
  headers: Readonly<Record<string, string>>;
}>;

const PAGE_SIZE = 1_000;
const TIMEOUT_MS = 60_000;
const FIRST_PAUSE_MS = 500;

type Logs = readonly Readonly<Record<string, unknown>>[];

/**
 * The spend logs of a window, page by page, oldest first. Proxies without `/spend/logs/v2` are asked at `/spend/logs`, which answers
 * with whole days in one piece.
 */
export async function* spendLogs(
  access: LitellmAccess,
  window: TimeWindow,
  signal: AbortSignal,
): AsyncGenerator<Logs> {
  const address = access.url.replace(/\/+$/, '');
  for (let page = 1; ; page++) {
    const query = new URLSearchParams({
      start_date: secondsText(window.fromMs),
      end_date: secondsText(window.toMs),
      page: String(page),
      page_size: String(PAGE_SIZE),
      sort_by: 'startTime',
      sort_order: 'asc',
    });
    const answer = await ask(`${address}/spend/logs/v2?${query}`, access, signal);
    if (answer === null) {
      yield await wholeDays(address, access, window, signal);
      return;
    }
    const { data, pages } = pageOf(answer, address);
    yield data;
    if (page >= pages || data.length === 0) return;
  }
}

async function wholeDays(
  address: string,
  access: LitellmAccess,
  window: TimeWindow,
  signal: AbortSignal,
): Promise<Logs> {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const query = new URLSearchParams({
    start_date: day(window.fromMs),
    end_date: day(window.toMs + 86_400_000),
    summarize: 'false',
  });
  const answer = await ask(`${address}/spend/logs?${query}`, access, signal);
  if (Array.isArray(answer)) return answer.filter(isObject);
  throw unexpected(address, 'neither /spend/logs/v2 nor /spend/logs answers with a list');
}

function pageOf(answer: unknown, address: string): { data: Logs; pages: number } {
  if (!isObject(answer) || !Array.isArray(answer['data']))
    throw unexpected(address, 'the answer of /spend/logs/v2 holds no list `data`');
  const pages = answer['total_pages'];
  return { data: answer['data'].filter(isObject), pages: typeof pages === 'number' ? pages : 1 };
}

/** `null` where there is no such page. The key is in no message. */
function ask(url: string, { key, headers }: LitellmAccess, signal: AbortSignal): Promise<unknown> {
  const request = {
    headers: new Headers({ ...headers, authorization: `Bearer ${key}`, accept: 'application/json' }),
  };
  const question = {
    url,
    request,
    timeoutMs: TIMEOUT_MS,
    whenLate: 'look at the load of the proxy and its database',
    read: (response: Response, text: string) => readAnswer(response, text, url),
  };
  return askRepeatedly<unknown>(question, FIRST_PAUSE_MS, signal);
}

function readAnswer(response: Response, text: string, url: string): Outcome<unknown> {
  const { status } = response;
  if (status === 404) return { answer: null };
  if (status === 401 || status === 403) {
    const failure = new OutsideFailure(
      'refused',
      `${hostOf(url)} answered ${status} to the key of the litellm source`,
      'give it a key that may read spend (the master key, or an admin’s), and see that the proxy has a database: without one it keeps no spend logs',
    );
    return { failure, mayPass: false };
  }
  if (status === 429) {
    const failure = new OutsideFailure(
      'too-much-asked',
      `${hostOf(url)} answered 429`,
      'let it rest, or ask for less at a time',
    );
    return { failure, mayPass: true, retryAfterMs: retryAfterMs(response) };
  }
  if (!response.ok) return { failure: unexpected(url, `status ${status}`), mayPass: status >= 500 };
  try {
    return { answer: JSON.parse(text) };
  } catch (error) {
    return { failure: unexpected(url, 'not JSON', error), mayPass: false };
  }
}

function unexpected(url: string, what: string, cause?: unknown): OutsideFailure {
  return new OutsideFailure(
    'answer-unexpected',
    `${hostOf(url)} answered something else than spend logs: ${what}`,
    'check that the url leads to a LiteLLM proxy, and not to a page in front of it',
    cause,
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the address of the litellm source';
}

/** `2026-10-14 09:00:00`, UTC, as the proxy wants it. */
function secondsText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
