/** How long spot capacity stays, and how long it stays away, as far as anyone has seen. */
export interface Lifetimes {
  /** Takes in the next tick of a record; ticks follow each other without gaps. */
  observe(isAvailable: boolean): void;
  /** Of the present state: hours since it was first seen. */
  readonly ageHours: number;
  /** Hours observed, all in all. */
  readonly observedHours: number;
  /** How often a state of this age ends, per hour: the hazard. */
  endsPerHour(isAvailable: boolean, bucket: number): number;
}

/** Ages are told apart by factors of four, since lifetimes range from minutes to weeks. Hours from which each bucket counts. */
export const AGE_BUCKETS: readonly number[] = [0, 0.5, 2, 8];

export function ageBucketOf(ageHours: number): number {
  let bucket = AGE_BUCKETS.length - 1;
  while (bucket > 0 && ageHours < AGE_BUCKETS[bucket]!) bucket -= 1;
  return bucket;
}

/**
 * Before anything was seen, a state as old as `t` is expected to end at a rate of 1 ÷ t: what has lasted longer will last
 * longer, on every scale. This counts as one lifetime observed in each bucket of ages, so that it fades as real ones come in.
 */
const PRIOR_ENDS = 1;

/**
 * A piecewise constant hazard, estimated as a life table does: ends ÷ time at risk in each bucket of ages. A state that still
 * lasts adds its time at risk and no end (it is censored), as in Kaplan and Meier's estimate.
 */
export function createLifetimes(gapMs: number): Lifetimes {
  const gapHours = gapMs / 3_600_000;
  const ends = [new Float64Array(AGE_BUCKETS.length), new Float64Array(AGE_BUCKETS.length)];
  const atRiskHours = [new Float64Array(AGE_BUCKETS.length), new Float64Array(AGE_BUCKETS.length)];
  let state: 0 | 1 | null = null;
  let ageHours = 0;
  let observedHours = 0;

  return {
    get ageHours() {
      return ageHours;
    },
    get observedHours() {
      return observedHours;
    },
    observe(isAvailable) {
      const next = isAvailable ? 1 : 0;
      if (state !== null) {
        const bucket = ageBucketOf(ageHours);
        atRiskHours[state]![bucket]! += gapHours;
        observedHours += gapHours;
        if (next !== state) ends[state]![bucket]! += 1;
      }
      ageHours = next === state ? ageHours + gapHours : gapHours / 2;
      state = next;
    },
    endsPerHour(isAvailable, bucket) {
      const of = isAvailable ? 1 : 0;
      return (ends[of]![bucket]! + PRIOR_ENDS) / (atRiskHours[of]![bucket]! + typicalAgeHours(bucket));
    },
  };
}

/** Two thirds into the first bucket, the geometric middle of the others; the last one as wide as its ratio to the one before. */
function typicalAgeHours(bucket: number): number {
  const from = AGE_BUCKETS[bucket]!;
  const to = AGE_BUCKETS[bucket + 1] ?? 2 * from;
  return bucket === 0 ? (to * 2) / 3 : Math.sqrt(from * to);
}
