import { ProblemError, problemOf } from './problem.ts';

/** Asks the Tare server for JSON; `isExpected` tells its answer from that of something in between. Rejects with a `ProblemError`. */
export async function askApi<T>(
  path: string,
  signal: AbortSignal,
  isExpected: (body: unknown) => body is T,
): Promise<T> {
  const response = await ask(path, 'application/json', signal);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ProblemError(problemOf(response.status, body));
  if (!isExpected(body)) throw new ProblemError(notTare(response.status));
  return body;
}

/** The same with a body, or another verb. */
export async function sendApi<T>(
  method: 'POST' | 'DELETE',
  path: string,
  body: object | null,
  isExpected: (body: unknown) => body is T,
): Promise<T> {
  const headers = { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) };
  const response = await reach(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ProblemError(problemOf(response.status, answer));
  if (!isExpected(answer)) throw new ProblemError(notTare(response.status));
  return answer;
}

/** How far the server is with an answer that takes its time. */
export type StepsDone = Readonly<{ task: string; done: number; total: number | null }>;

type Line = Readonly<{ progress?: StepsDone; result?: unknown; problem?: unknown }>;

/** The same of work that takes its time, and says how far it is; giving up the signal stops the work. */
export async function askWithProgress<T>(
  path: string,
  signal: AbortSignal,
  onProgress: (steps: StepsDone) => void,
  isExpected: (body: unknown) => body is T,
): Promise<T> {
  const response = await ask(path, 'application/x-ndjson', signal);
  if (!response.ok) {
    throw new ProblemError(problemOf(response.status, await response.json().catch(() => null)));
  }
  for await (const line of linesOf(response)) {
    const { progress, result, problem } = line;
    if (progress) onProgress(progress);
    if (problem) throw new ProblemError(problemOf(statusOf(problem), problem));
    if (isExpected(result)) return result;
  }
  throw new ProblemError(notTare(response.status));
}

async function* linesOf(response: Response): AsyncGenerator<Line> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line !== '') yield readLine(line);
  }
}

function readLine(text: string): Line {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError(notTare(200));
  }
}

function statusOf(problem: unknown): number {
  return Number((problem as { status?: unknown }).status ?? 500);
}

/** The same rows as CSV, with every digit. */
export async function askCsv(path: string): Promise<string> {
  const response = await ask(path, 'text/csv');
  if (response.ok) return response.text();
  throw new ProblemError(problemOf(response.status, await response.json().catch(() => null)));
}

/** Whether an answer has the parts that the page reads; the rest of the shape is the server's promise. */
export function hasParts(body: unknown, names: readonly string[]): boolean {
  return typeof body === 'object' && body !== null && names.every((name) => name in body);
}

function ask(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
  return reach(path, { ...(signal && { signal }), headers: { accept } });
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ProblemError(
      {
        title: 'No answer from the Tare server',
        detail: null,
        code: null,
        remedy: 'Check that `tare up` (or `tare demo`) is still running, then try again.',
        status: null,
      },
      { cause },
    );
  }
}

function notTare(status: number): ProblemError['problem'] {
  return {
    title: 'Something other than Tare answered',
    detail: 'The answer is none that this page knows; a proxy or a sign-in page may stand in between.',
    code: null,
    remedy: 'Open the address of the Tare server directly, or ask who runs the proxy to pass /api through.',
    status,
  };
}
