import type { Overview } from '../../../src/app/results/results.ts';
import { ProblemError, problemOf } from './problem.ts';

export type OverviewRequest = Readonly<{ from: string | null; to: string | null }>;

/** Everything the first page shows, in one request. Rejects with a `ProblemError`. */
export async function fetchOverview(request: OverviewRequest, signal: AbortSignal): Promise<Overview> {
  const response = await ask(overviewPath(request), signal);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ProblemError(problemOf(response.status, body));
  if (!isOverview(body)) throw new ProblemError(notAnOverview(response.status));
  return body;
}

export function overviewPath({ from, to }: OverviewRequest): string {
  const query = new URLSearchParams();
  if (from) query.set('from', from);
  if (to) query.set('to', to);
  const text = query.toString();
  return `/api/v1/overview${text === '' ? '' : `?${text}`}`;
}

async function ask(path: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(path, { signal, headers: { accept: 'application/json' } });
  } catch (cause) {
    if (signal.aborted) throw cause;
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

/** The shape is the server's promise; this only tells an answer of Tare from that of something in between. */
function isOverview(body: unknown): body is Overview {
  return (
    typeof body === 'object' && body !== null && 'sentence' in body && 'funnel' in body && 'health' in body
  );
}

function notAnOverview(status: number): ProblemError['problem'] {
  return {
    title: 'Something other than Tare answered',
    detail: 'The answer is not an overview; a proxy or a sign-in page may stand in between.',
    code: null,
    remedy: 'Open the address of the Tare server directly, or ask who runs the proxy to pass /api through.',
    status,
  };
}
