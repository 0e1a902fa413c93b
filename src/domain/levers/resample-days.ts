import { createChance } from '../simulation/chance.ts';

/** What was saved on one day of history, and how much of the day the history has. */
export type SavedDay = Readonly<{ amount: number; hours: number }>;

export type ResampleOptions = Readonly<{
  seed: number;
  /** Names the stream of chance, so that one lever's range does not move when another is added. */
  name: string;
  /** Length of the period that the result stands for. */
  periodHours: number;
}>;

const DRAWS = 1_000;
/** A week: what repeats by the day of the week stays together. */
const BLOCK_DAYS = 7;
const [LOW, HIGH] = [0.1, 0.9];

/**
 * The 10th and the 90th percentile of what a period like this one could have saved: blocks of days, drawn with replacement from the
 * history until it is full again (the circular block bootstrap of Politis and Romano, 1992).
 */
export function resampleDays(
  days: readonly SavedDay[],
  { seed, name, periodHours }: ResampleOptions,
): Readonly<{ low: number; high: number }> {
  if (days.length === 0) return { low: 0, high: 0 };
  const chance = createChance(seed, `levers/${name}`);
  const block = Math.max(1, Math.min(BLOCK_DAYS, Math.floor(days.length / 2)));
  const totals = Float64Array.from({ length: DRAWS }, () => {
    let [amount, hours, drawn] = [0, 0, 0];
    while (drawn < days.length) {
      const start = chance.below(days.length);
      for (let offset = 0; offset < block && drawn < days.length; offset++, drawn++) {
        const day = days[(start + offset) % days.length]!;
        amount += day.amount;
        hours += day.hours;
      }
    }
    return hours === 0 ? 0 : (amount / hours) * periodHours;
  }).sort();
  return { low: totals[Math.floor(LOW * DRAWS)]!, high: totals[Math.ceil(HIGH * DRAWS) - 1]! };
}
