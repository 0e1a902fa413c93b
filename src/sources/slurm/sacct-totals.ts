import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { holdsGpus, lostFrom } from './attempt-facts.ts';
import type { Attempt } from './collect-attempts.ts';
import { gpuKind } from './gpu-kind.ts';
import type { JobRow } from './read-job-row.ts';
import type { SacctSettings } from './sacct-settings.ts';

type Totals = Record<string, string | number>;

/** Sums over every line, jobs without GPUs included: what the administrator of a cluster would compare with `sreport`. */
export class JobSums {
  readonly #states = new Map<string, number>();
  #cpuMs = 0n;
  #pending = 0;
  #neverStarted = 0;
  readonly #window: TimeWindow | null;
  steps = 0;

  /** @param window of a live source: a job counts where it began, and its CPU time where it ran */
  constructor(window: TimeWindow | null = null) {
    this.#window = window;
  }

  add(job: JobRow): void {
    const { state, cpus, startMs } = job;
    this.#cpuMs += BigInt(cpus) * BigInt(Math.max(0, Math.round(this.#ranMs(job))));
    if (!this.#isInside(startMs ?? job.submitMs)) return;
    this.#states.set(state.word, (this.#states.get(state.word) ?? 0) + 1);
    if (startMs !== null) return;
    if (state.run === 'waiting') this.#pending += 1;
    else this.#neverStarted += 1;
  }

  #ranMs({ startMs, endMs, elapsedMs, suspendedMs }: JobRow): number {
    if (this.#window === null || startMs === null) return elapsedMs;
    const untilMs = Math.min(endMs ?? startMs + elapsedMs + suspendedMs, this.#window.toMs);
    return Math.min(elapsedMs, untilMs - Math.max(startMs, this.#window.fromMs));
  }

  #isInside(at: EpochMs | null): boolean {
    return this.#window === null || at === null || (this.#window.fromMs <= at && at < this.#window.toMs);
  }

  totals(): Totals {
    const states = [...this.#states].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
    return {
      jobs: states.reduce((sum, [, count]) => sum + count, 0),
      ...Object.fromEntries(states),
      pending: this.#pending,
      neverStarted: this.#neverStarted,
      steps: this.steps,
      cpuHours: hours(this.#cpuMs),
    };
  }
}

/** CPU time as hours with nine decimals. */
function hours(ms: bigint): number {
  return Number((ms * 1_000_000_000n + 1_800_000n) / 3_600_000n) / 1e9;
}

/** GPU time from start to end (a suspended job goes on holding its GPUs), and the part of it that was thrown away. */
export function gpuTotals(
  attempts: readonly Attempt[],
  settings: SacctSettings,
  catalog: HardwareCatalog,
  nowMs: EpochMs | null,
): Totals {
  let ticks = 0n;
  let lostTicks = 0n;
  const jobs = new Set<string>();
  for (const attempt of attempts.filter(holdsGpus)) {
    jobs.add(attempt.jobKey);
    const lostMs = lostFrom(attempt, settings);
    for (const { startMs, endMs, knownUntilMs, gpus } of attempt.holds) {
      const untilMs = endMs ?? Math.max(startMs, nowMs ?? knownUntilMs);
      const parts = gpus.reduce(
        (sum, { type, count }) => sum + BigInt(count * gpuKind(type, settings.gpuModel, catalog).gpuParts),
        0n,
      );
      ticks += parts * BigInt(untilMs - startMs);
      if (lostMs !== null) lostTicks += parts * BigInt(Math.max(0, untilMs - Math.max(startMs, lostMs)));
    }
  }
  return { gpuJobs: jobs.size, gpuHours: ticksToHours(ticks), lostGpuHours: ticksToHours(lostTicks) };
}
