import type { RunState } from '../../domain/facts/facts.ts';
import { readRunState } from '../../domain/facts/run-state.ts';
import { type EpochMs, formatInstant } from '../../domain/time/window.ts';
import type { MlflowRun } from './parse-run.ts';

export type RunTimes = Readonly<{
  state: RunState;
  stateDetail: string;
  queuedMs: EpochMs | null;
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  /** Nobody said when it ended: it fell silent, and its last word is taken for the end. */
  isEndEstimated: boolean;
}>;

/**
 * When a run started and ended, and how. A process that is killed never tells MLflow, so its run stays `RUNNING` for ever: one that
 * logged metrics and then none for `silentAfterMs` is taken to have ended with the last of them. How it ended nobody knows, so its
 * state is `unknown` and nothing of it counts as lost. When it logs again it runs again. A run that never logged a metric says nothing
 * by its silence.
 */
export function runTimes(run: MlflowRun, silentAfterMs: number, nowMs: EpochMs): RunTimes {
  const state = readRunState(run.status);
  const told = { state, stateDetail: run.status, queuedMs: null, isEndEstimated: false };
  if (state === 'waiting') return { ...told, queuedMs: run.startMs, startMs: null, endMs: null };
  const { startMs, endMs } = run;
  if (state !== 'running') {
    return { ...told, startMs, endMs: endMs === null ? null : Math.max(endMs, startMs ?? endMs) };
  }
  const lastMs = Math.max(...run.metrics.map(({ atMs }) => atMs));
  if (run.metrics.length === 0 || nowMs - lastMs <= silentAfterMs) return { ...told, startMs, endMs: null };
  return {
    state: 'unknown',
    stateDetail: `${run.status}, silent since ${formatInstant(lastMs)}`,
    queuedMs: null,
    startMs,
    endMs: Math.max(lastMs, startMs ?? lastMs),
    isEndEstimated: true,
  };
}
