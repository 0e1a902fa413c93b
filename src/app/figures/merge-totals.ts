import { formatPicos, parsePicos } from '../../domain/money/picos.ts';
import { parseInstant } from '../../domain/time/window.ts';

export type Totals = Readonly<Record<string, string | number>>;

/**
 * The totals of several readings as one: decimals added exactly, numbers added, `from` the earliest and `to` the latest, and of
 * other texts (a version, a provider) each once.
 */
export function mergeTotals(all: readonly Totals[]): Record<string, string | number> {
  const merged: Record<string, string | number> = {};
  for (const totals of all) {
    for (const [name, value] of Object.entries(totals)) {
      const known = merged[name];
      merged[name] = known === undefined ? value : mergeValue(name, known, value);
    }
  }
  return merged;
}

function mergeValue(name: string, a: string | number, b: string | number): string | number {
  if (name === 'from') return isBefore(a, b) ? a : b;
  if (name === 'to') return isBefore(a, b) ? b : a;
  if (NOT_ADDITIVE.includes(name) && typeof a === 'number' && typeof b === 'number') return Math.max(a, b);
  if (typeof a === 'number' && typeof b === 'number') return Number((a + b).toFixed(9));
  const [left, right] = [parsePicos(String(a)), parsePicos(String(b))];
  if (left && right) return formatPicos(left.picos + right.picos);
  return mergeLists(String(a), String(b));
}

/** The same devices are in every file of a fleet, and the interval is a property: of these the largest stands for all. */
const NOT_ADDITIVE: readonly string[] = ['devices', 'intervalSeconds'];

/** `AWS 12, Azure 3` and `AWS 5` → `AWS 17, Azure 3`; names without a count each once. */
function mergeLists(a: string, b: string): string {
  const counts = new Map<string, number | null>();
  for (const item of [...a.split(', '), ...b.split(', ')]) {
    const [, name = item, count] = /^(.+) (\d+)$/.exec(item) ?? [];
    counts.set(name, count === undefined ? null : (counts.get(name) ?? 0) + Number(count));
  }
  return [...counts].map(([name, count]) => (count === null ? name : `${name} ${count}`)).join(', ');
}

function isBefore(a: string | number, b: string | number): boolean {
  return timeOf(a) < timeOf(b);
}

function timeOf(value: string | number): number {
  return typeof value === 'number' ? value : (parseInstant(value) ?? Number.NaN);
}
