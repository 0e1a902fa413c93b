import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; `false` when it was asked to stop before. */
export async function waitFor(milliseconds: number, stop: AbortSignal): Promise<boolean> {
  await sleep(milliseconds, undefined, { signal: stop }).catch(() => {});
  return !stop.aborted;
}
