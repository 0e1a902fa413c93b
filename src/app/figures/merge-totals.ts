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
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const [left, right] = [parsePicos(String(a)), parsePicos(String(b))];
  if (left && right) return formatPicos(left.picos + right.picos);
  return [...new Set([...String(a).split(', '), ...String(b).split(', ')])].join(', ');
}

function isBefore(a: string | number, b: string | number): boolean {
  return timeOf(a) < timeOf(b);
}

function timeOf(value: string | number): number {
  return typeof value === 'number' ? value : (parseInstant(value) ?? Number.NaN);
}
