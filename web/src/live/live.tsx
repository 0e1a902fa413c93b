import type { QueryClient } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { gather } from './gather.ts';
import { changeLive, useLiveState } from './live-state.ts';
import { watchServer } from './watch-server.ts';

/** These ask by themselves, or answer the same whatever is in the store. */
const APART: readonly unknown[] = ['simulators', 'simulations', 'simulation', 'size', 'history'];
/** The page's own figures come first. */
const START_MS = 1_000;
const QUIET_MS = 500;
const MOST_MS = 5_000;
const HOUR_MS = 3_600_000;
/** Windows such as "last 30 days" move on with the hour; the server is given a moment more. */
const AFTER_THE_HOUR_MS = 5_000;

/** Keeps the figures of every page current, and says when the server that they come from is gone. */
export function Live() {
  const client = useQueryClient();
  const { awaySinceMs, refreshedAtMs } = useLiveState();
  useEffect(() => keepCurrent(client), [client]);
  return (
    <>
      {awaySinceMs !== null && (
        <div className="away" role="alert">
          <strong>The Tare server does not answer since {clock(awaySinceMs)}.</strong> What is shown is its
          last answer. Check that <code>tare up</code> (or <code>tare demo</code>) still runs; this page goes
          on by itself as soon as it is back.
        </div>
      )}
      <p className="visually-hidden" role="status" data-live>
        {refreshedAtMs !== null && awaySinceMs === null && `Figures refreshed at ${clock(refreshedAtMs)}.`}
      </p>
    </>
  );
}

function keepCurrent(client: QueryClient): () => void {
  let shown: string | null = null;
  let stop = () => {};
  const refresh = gather(() => void refreshFigures(client), QUIET_MS, MOST_MS);
  const start = setTimeout(() => {
    stop = watchServer({
      onRevision: (revision) => {
        if (shown !== null && shown !== revision) refresh.call();
        shown = revision;
      },
      onAway: () => changeLive({ awaySinceMs: Date.now() }),
      onBack: () => {
        changeLive({ awaySinceMs: null });
        // What failed meanwhile is asked for again, whether or not anything was written.
        refresh.call();
      },
    });
  }, START_MS);
  let hour = setTimeout(onHour, untilNextHour());
  function onHour(): void {
    if (!document.hidden) refresh.call();
    hour = setTimeout(onHour, untilNextHour());
  }
  return () => {
    clearTimeout(start);
    clearTimeout(hour);
    refresh.cancel();
    stop();
  };
}

/** Asks again for what is on the page; what is shown stays until the answer is there, and what is not on the page is asked for when it is. */
async function refreshFigures(client: QueryClient): Promise<void> {
  changeLive({ isRefreshing: true });
  try {
    await client.invalidateQueries({ predicate: ({ queryKey: [name] }) => !APART.includes(name) });
  } finally {
    changeLive({ isRefreshing: false, refreshedAtMs: Date.now() });
  }
}

function untilNextHour(): number {
  return HOUR_MS - (Date.now() % HOUR_MS) + AFTER_THE_HOUR_MS;
}

function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
}
