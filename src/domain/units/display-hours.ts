import { groupThousands } from '../money/display-money.ts';
import { ticksToHours } from './gpu-time.ts';

/** GPU-hours for a sentence: whole ones from a hundred on (`119,040`), two decimals below (`0.25`). */
export function displayHours(ticks: bigint): string {
  const hours = ticksToHours(ticks);
  return hours >= 100 ? groupThousands(hours.toFixed(0)) : hours.toFixed(2);
}
