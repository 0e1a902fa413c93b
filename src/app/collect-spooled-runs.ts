import type { RunSpool } from '../ports/run-meter.ts';
import type { CollectRequest, CollectResult, Progress, Tare } from './tare.ts';

/** The name by which `tare collect` knows the records of `tare run`. */
export const SPOOLED_RUNS = 'tare-run';

/**
 * Lets `collect` also take in what `tare run` wrote: runs that could not be recorded when they ended, runs whose meter was killed, and runs
 * that still go on, as far as they are. A record that is whole is removed once it is in.
 */
export function withSpooledRuns(tare: Tare, spool: RunSpool): Tare {
  async function importSpooled(progress: Progress, signal: AbortSignal): Promise<CollectResult['sources']> {
    const pending = await spool.pending();
    if (pending.length === 0) return [];
    const paths = pending.map(({ path }) => path);
    const request = { kind: SPOOLED_RUNS, paths, map: {}, set: {}, fields: null, isDryRun: false };
    const result = await tare.importFiles(request, progress, signal);
    for (const { path, isRunning } of pending) if (!isRunning) await spool.remove(path);
    return [{ name: SPOOLED_RUNS, ...result }];
  }

  async function collect(
    request: CollectRequest,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<CollectResult> {
    const isWanted = request.sources?.includes(SPOOLED_RUNS) ?? true;
    const others = request.sources?.filter((name) => name !== SPOOLED_RUNS) ?? null;
    const isOnlyRuns = isWanted && others?.length === 0;
    const [runs, rest] = await Promise.allSettled([
      isWanted ? importSpooled(progress, signal) : [],
      isOnlyRuns ? { sources: [] } : tare.collect({ ...request, sources: others }, progress, signal),
    ]);
    // One that fails does not keep the other from being collected.
    if (rest.status === 'rejected') throw rest.reason;
    if (runs.status === 'rejected') throw runs.reason;
    return { sources: [...rest.value.sources, ...runs.value] };
  }
  return { ...tare, collect };
}
