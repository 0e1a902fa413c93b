import { HOUR_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { RunAttempt, RunEvidence, RunHold } from '../../ports/run-queries.ts';

/** GPU-hours of the devices while they were held, whoever else held them: by attempt and GPU model, `1 H100-SXM5-80GB`. */
export function runDeviceHours(evidence: RunEvidence): ReadonlyMap<string, number> {
  const hours = new Map<string, number>();
  for (const { attempt, workloadId, fromMs, toMs } of spansOf(evidence)) {
    const own = evidence.holds.filter((hold) => hold.workloadId === workloadId);
    for (const deviceHolds of grouped(own, ({ deviceId }) => deviceId).values()) {
      const { gpuModel, gpuParts } = deviceHolds[0]!;
      const ms = unitedLength(deviceHolds, fromMs, toMs);
      const key = `${attempt} ${gpuModel}`;
      hours.set(key, (hours.get(key) ?? 0) + ((ms / HOUR_MS) * gpuParts) / PARTS_PER_GPU);
    }
  }
  return hours;
}

type Span = Readonly<{ attempt: number; workloadId: string; fromMs: number; toMs: number }>;

/** As the store claims a workload: see `attributedRows`. */
function spansOf({ attempts, sharedWith }: RunEvidence): Span[] {
  const started = attempts
    .filter((attempt) => attempt.startMs !== null && attempt.workloadId !== null)
    .toSorted((a, b) => a.startMs! - b.startMs! || a.attempt - b.attempt);
  return [...grouped(started, ({ workloadId }) => workloadId!)].flatMap(([workloadId, own]) =>
    own.map((attempt, index): Span => {
      const nextMs = own[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
      const bounds =
        sharedWith.length === 0
          ? { fromMs: index === 0 ? 0 : attempt.startMs!, toMs: nextMs }
          : { fromMs: attempt.startMs!, toMs: Math.min(endOf(attempt), nextMs) };
      return { attempt: attempt.attempt, workloadId, ...bounds };
    }),
  );
}

function endOf({ endMs }: RunAttempt): number {
  return endMs ?? Number.POSITIVE_INFINITY;
}

/** Several claims of one workload on one device are one hold. */
function unitedLength(holds: readonly RunHold[], fromMs: number, toMs: number): number {
  let [length, upTo] = [0, fromMs];
  for (const { startMs, endMs } of holds.toSorted((a, b) => a.startMs - b.startMs)) {
    const start = Math.max(startMs, upTo);
    const end = Math.min(endMs, toMs);
    if (end > start) length += end - start;
    upTo = Math.max(upTo, Math.min(end, toMs));
  }
  return length;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
