import {
  DECISION_KINDS,
  type DecisionKind,
  UNCHECKED_REASONS,
  type UncheckedReason,
} from './admission-decision.ts';

/** How often what was answered, and how fast, since the process began. */
export type AdmissionFigures = Readonly<{
  decisions: Readonly<Record<DecisionKind, number>>;
  unchecked: Readonly<Record<UncheckedReason, number>>;
  /** Answers that took at most so many seconds, for each bound, and all of them. */
  seconds: Readonly<{ counts: readonly number[]; count: number; sum: number }>;
}>;

export const SECONDS_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] as const;

export type AdmissionCounters = Readonly<{
  decided(kind: DecisionKind, unchecked: UncheckedReason | null): void;
  answered(seconds: number): void;
  figures(): AdmissionFigures;
}>;

export function createAdmissionCounters(): AdmissionCounters {
  const decisions = zeros(DECISION_KINDS);
  const unchecked = zeros(UNCHECKED_REASONS);
  const counts = SECONDS_BOUNDS.map(() => 0);
  let [count, sum] = [0, 0];
  return {
    decided(kind, reason) {
      decisions[kind] += 1;
      if (reason !== null) unchecked[reason] += 1;
    },
    answered(seconds) {
      count += 1;
      sum += seconds;
      for (const [index, bound] of SECONDS_BOUNDS.entries()) if (seconds <= bound) counts[index]! += 1;
    },
    figures: () => ({
      decisions: { ...decisions },
      unchecked: { ...unchecked },
      seconds: { counts: [...counts], count, sum },
    }),
  };
}

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}
