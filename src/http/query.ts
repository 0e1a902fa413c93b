import { formatInstant, type TimeWindow } from '../domain/time/window.ts';

/** What stands behind the question mark; `null` is left out, a list is repeated. */
export type Query = Readonly<Record<string, string | number | null | readonly string[]>>;

export function windowQuery(window: TimeWindow): { from: string; to: string } {
  return { from: formatInstant(window.fromMs), to: formatInstant(window.toMs) };
}
