import { DAY_MS, type EpochMs } from '../time/window.ts';
import type { DecayPoint } from './quality-decay.ts';

/** Mean quality of one UTC day; `dayMs` is its midnight. */
export type DayScore = Readonly<{ dayMs: EpochMs; mean: number }>;

/**
 * What a model lost between trainings, from its daily scores: between one training and the next, each day against the first whole day
 * that was scored, and the days between the two. A day in which a training ended mixes two models and is left out, and so are days
 * before the first training.
 */
export function decayFromScores(
  trainedMs: readonly EpochMs[],
  scores: readonly DayScore[],
  direction: 'max' | 'min',
): DecayPoint[] {
  const trainings = trainedMs.toSorted((a, b) => a - b);
  const days = scores.toSorted((a, b) => a.dayMs - b.dayMs);
  return trainings.flatMap((startMs, index) => {
    const endMs = trainings[index + 1] ?? Number.POSITIVE_INFINITY;
    const [first, ...others] = days.filter(({ dayMs }) => dayMs >= startMs && dayMs + DAY_MS <= endMs);
    if (!first) return [];
    return others.map(({ dayMs, mean }) => ({
      days: (dayMs - first.dayMs) / DAY_MS,
      loss: direction === 'max' ? first.mean - mean : mean - first.mean,
    }));
  });
}
