import type { Overview } from '../../../src/app/results/results.ts';
import { formatMonth, shiftDay } from '../format/dates.ts';

export type WindowChoice = Readonly<{ value: string; label: string; from: string | null; to: string | null }>;

export const CUSTOM = 'custom';
const MOST_MONTHS = 24;

export const FIXED_CHOICES: readonly WindowChoice[] = [
  { value: '7d', label: 'Last 7 days', from: '7d', to: null },
  { value: '30d', label: 'Last 30 days', from: null, to: null },
  { value: 'month', label: 'This month', from: 'month', to: null },
];

/** The calendar months that the ledger reaches into, newest first. */
export function monthChoices(extent: Overview['extent']): readonly WindowChoice[] {
  if (!extent) return [];
  const first = extent.from.slice(0, 7);
  const choices: WindowChoice[] = [];
  // The extent is half open: what ends at midnight of the first belongs to the month before.
  for (
    let month = lastMonth(extent.to);
    month >= first && choices.length < MOST_MONTHS;
    month = before(month)
  ) {
    choices.push({ value: month, label: formatMonth(month), from: month, to: null });
  }
  return choices;
}

/** Where nothing says from when on there is something, a year can be chosen from. */
export function yearBefore(to: string): Readonly<{ from: string; to: string }> {
  return { from: `${shiftDay(to.slice(0, 10), -364)}T00:00:00Z`, to };
}

/** Which choice the address stands for; `custom` when none of them. */
export function chosenValue(
  choices: readonly WindowChoice[],
  from: string | null,
  to: string | null,
): string {
  const effectiveFrom = from === '30d' && to === null ? null : from;
  return choices.find((choice) => choice.from === effectiveFrom && choice.to === to)?.value ?? CUSTOM;
}

/** What a person picks (first and last day, both included) as the half-open window of the address; `null` when it is none. */
export function customWindow(
  firstDay: string,
  lastDay: string,
): Readonly<{ from: string; to: string }> | null {
  const areDays = [firstDay, lastDay].every((day) => /^\d{4}-\d{2}-\d{2}$/.test(day));
  return areDays && firstDay <= lastDay ? { from: firstDay, to: shiftDay(lastDay, 1) } : null;
}

/** The days of a half-open window, both included, to start a custom choice from. */
export function daysOf(from: string, to: string): Readonly<{ firstDay: string; lastDay: string }> {
  const last = new Date(new Date(to).valueOf() - 1);
  return { firstDay: from.slice(0, 10), lastDay: last.toISOString().slice(0, 10) };
}

function lastMonth(to: string): string {
  return new Date(new Date(to).valueOf() - 1).toISOString().slice(0, 7);
}

function before(month: string): string {
  return shiftDay(`${month}-01`, -1).slice(0, 7);
}
