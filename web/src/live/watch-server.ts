/** What a page hears of the server that it came from. */
export type ServerEvents = Readonly<{
  /** The name of the state that its store is in; the first is the one that the page began with, or later. */
  onRevision: (revision: string) => void;
  /** No answer any more; it is asked again by itself. */
  onAway: () => void;
  onBack: () => void;
}>;

const POLL_MS = 15_000;
const SILENCE_MS = 45_000;
const OPEN_WITHIN_MS = 10_000;
const SHORTEST_WAIT_MS = 1_000;
/** Streams that broke although the server answers: something in between does not let them through. */
const MOST_BROKEN = 3;
/** Asks before a stream is tried once more. */
const ASKS_BETWEEN = 20;

/**
 * Hears of new figures by one stream, or by asking where no stream comes through. While nobody looks at the page it hears nothing and
 * holds no connection, of which a browser has six for all its pages. Ends with the function that it gives back.
 */
export function watchServer(events: ServerEvents): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | null = null;
  let isAway = false;
  let failures = 0;
  let broken = 0;
  let asks = 0;

  const after = (waitMs: number, work: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(work, waitMs);
  };
  const rest = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
    asking?.abort();
    asking = null;
  };
  const heard = (revision: string | null) => {
    failures = 0;
    if (isAway) {
      isAway = false;
      events.onBack();
    }
    if (revision !== null) events.onRevision(revision);
  };

  const listen = () => {
    rest();
    const opened = new EventSource('/api/v1/live');
    source = opened;
    const lost = () => {
      if (source !== opened) return;
      broken += 1;
      rest();
      void ask();
    };
    after(OPEN_WITHIN_MS, lost);
    const here = (revision: string | null) => {
      broken = 0;
      heard(revision);
      after(SILENCE_MS, lost);
    };
    opened.addEventListener('revision', (event) => here(revisionIn(event.data)));
    opened.addEventListener('here', () => here(null));
    opened.addEventListener('error', lost);
  };

  const ask = async () => {
    const stop = new AbortController();
    asking = stop;
    const limit = setTimeout(() => stop.abort(), OPEN_WITHIN_MS);
    const revision = await askRevision(stop.signal);
    clearTimeout(limit);
    if (asking !== stop) return;
    asking = null;
    if (revision === null) {
      failures += 1;
      // One lost answer is no news; two in a row are.
      if (failures >= 2 && !isAway) {
        isAway = true;
        events.onAway();
      }
      after(Math.min(SHORTEST_WAIT_MS * 2 ** (failures - 1), POLL_MS), ask);
      return;
    }
    heard(revision);
    asks += 1;
    const isStreamWorthIt = broken < MOST_BROKEN || asks % ASKS_BETWEEN === 0;
    if (isStreamWorthIt) after(broken === 1 ? 0 : SHORTEST_WAIT_MS, listen);
    else after(POLL_MS, ask);
  };

  const onVisibility = () => {
    if (document.hidden) rest();
    else listen();
  };
  document.addEventListener('visibilitychange', onVisibility);
  if (!document.hidden) listen();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    rest();
  };
}

async function askRevision(signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch('/api/v1/revision', { signal, headers: { accept: 'application/json' } });
    return response.ok ? revisionIn(await response.text()) : null;
  } catch {
    return null;
  }
}

function revisionIn(text: unknown): string | null {
  try {
    const { revision } = JSON.parse(String(text)) as { revision?: unknown };
    return typeof revision === 'string' ? revision : null;
  } catch {
    return null;
  }
}
