import { groupBy } from '../../collections/group-by.ts';
import { type HolderHour, seenTicks } from '../../levers/holder-hour.ts';
import { isQuiet } from '../../levers/quiet-runs.ts';
import { HOUR_MS } from '../../time/window.ts';

/**
 * Whole hours in a row in which everything that a launch held stood still. `certain` counts hours that were seen; hours that nobody observed may
 * have been idle, and `possible` counts them, too.
 */
export type IdleHours = Readonly<{
  certain: number;
  possible: number;
  /** Hours of each certain stretch, oldest first: all that it held. */
  stretches: readonly (readonly (readonly HolderHour[])[])[];
}>;

export function findIdleHours(hours: readonly HolderHour[]): IdleHours {
  const byHour = [...groupBy(hours, ({ hourMs }) => hourMs)].toSorted(([a], [b]) => a - b);
  const stretches = stretchesOf(byHour, (held) => held.every(isQuiet));
  const possible = stretchesOf(byHour, (held) =>
    held.every((hour) => isQuiet(hour) || seenTicks(hour) === 0n),
  );
  return { certain: longest(stretches), possible: longest(possible), stretches };
}

/** What would not have been paid if each stretch had ended after so many hours; a part of an hour is rounded up, in favour of who held it. */
export function hoursBeyond({ stretches }: IdleHours, limitHours: number): readonly HolderHour[] {
  return stretches.flatMap((stretch) => stretch.slice(Math.ceil(limitHours)).flat());
}

type Stretch = readonly (readonly HolderHour[])[];

function stretchesOf(
  byHour: readonly (readonly [hourMs: number, held: readonly HolderHour[]])[],
  isIdle: (held: readonly HolderHour[]) => boolean,
): Stretch[] {
  const found: (readonly HolderHour[])[][] = [];
  let dueMs = Number.NaN;
  for (const [hourMs, held] of byHour) {
    if (!isIdle(held)) continue;
    if (hourMs !== dueMs) found.push([]);
    found.at(-1)!.push(held);
    dueMs = hourMs + HOUR_MS;
  }
  return found;
}

function longest(stretches: readonly Stretch[]): number {
  return stretches.reduce((most, { length }) => Math.max(most, length), 0);
}
