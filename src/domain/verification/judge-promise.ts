import type { Interval } from './compare-blocks.ts';

/** What became of a promised saving. */
export type PromiseState =
  /** Less than was promised is ruled out. */
  | 'exceeded'
  /** Shown, and the promise lies within what was realised. */
  | 'kept'
  /** Shown, and the promise is ruled out: less came of it. */
  | 'short'
  /** Nothing is shown to be saved. */
  | 'not_shown'
  /** It costs more than before. */
  | 'lost'
  | 'too_early';

/** A saving that was promised against the interval of what was realised, both per month. */
export function judgePromise(promised: number, realised: Interval | null): PromiseState {
  if (realised === null) return 'too_early';
  if (realised.high < 0) return 'lost';
  if (realised.low <= 0) return 'not_shown';
  if (realised.low > promised) return 'exceeded';
  return realised.high < promised ? 'short' : 'kept';
}
