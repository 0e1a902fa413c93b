import type { UnitDriverFigures, UnitsReport } from '../../../src/app/results/units.ts';
import { parseDecimal, toNumber } from '../format/decimal.ts';
import { threeDigits } from '../format/latency.ts';
import { exactMoney, UNKNOWN } from '../format/money.ts';
import { formatPercent } from '../format/quantity.ts';
import { formatUnitChange, formatUnitMoney } from '../format/unit-money.ts';

export type DriverRow = Readonly<{
  name: string;
  kind: 'end' | 'driver';
  amount: string;
  exact: string;
  meaning: string;
  /** `at work 42 % → 48 %`. */
  seen: string | null;
  /** Where its bar begins and how long it is, in percent of the row; `null` where it is too short to see. */
  bar: Readonly<{ start: number; length: number }> | null;
  way: 'up' | 'down' | 'same';
}>;

/** From the time before, driver by driver, to now: each bar begins where the one before ended. */
export function viewDrivers(report: UnitsReport): readonly DriverRow[] | null {
  const { change, currency } = report;
  if (change === null) return null;
  const before = toNumber(parseDecimal(change.before) ?? 0n);
  let level = before;
  const steps = change.drivers.map((one) => {
    const from = level;
    level += toNumber(parseDecimal(one.amount) ?? 0n);
    return { one, from, to: level };
  });
  const now = toNumber(parseDecimal(change.now) ?? 0n);
  const levels = [before, now, ...steps.flatMap(({ from, to }) => [from, to])];
  const scale = scaleOf(Math.min(...levels), Math.max(...levels));
  return [
    endRow('Before', change.before, currency, scale(0, before)),
    ...steps.map(({ one, from, to }) => driverRow(one, currency, scale(from, to))),
    endRow('Now', change.now, currency, scale(0, now)),
  ];
}

type Bar = DriverRow['bar'];
const LEAST_PERCENT = 0.2;

/** The axis begins at zero unless that would hide the steps: below the lowest level there is nothing to see but length. */
function scaleOf(least: number, most: number): (from: number, to: number) => Bar {
  const floor = least > 0 && most - least < least / 2 ? least - (most - least) : Math.min(0, least);
  const span = most - floor || 1;
  return (from, to) => {
    const [low, high] = [Math.max(floor, Math.min(from, to)), Math.max(from, to)];
    const length = ((high - low) / span) * 100;
    return length < LEAST_PERCENT ? null : { start: ((low - floor) / span) * 100, length };
  };
}

function endRow(name: string, amount: string, currency: string, bar: Bar): DriverRow {
  return {
    name,
    kind: 'end',
    amount: formatUnitMoney(amount, currency),
    exact: exactMoney(amount, currency),
    meaning: name === 'Before' ? 'in as much time before' : 'in this window',
    seen: null,
    bar,
    way: 'same',
  };
}

function driverRow(one: UnitDriverFigures, currency: string, bar: Bar): DriverRow {
  const picos = parseDecimal(one.amount) ?? 0n;
  return {
    name: one.driver,
    kind: 'driver',
    amount: formatUnitChange(one.amount, currency),
    exact: exactMoney(one.amount, currency),
    meaning: one.meaning,
    seen: seenText(one, currency),
    bar,
    way: picos > 0n ? 'up' : picos < 0n ? 'down' : 'same',
  };
}

function seenText({ evidence }: UnitDriverFigures, currency: string): string | null {
  if (evidence === null) return null;
  const { measure, unit, before, now } = evidence;
  const print = (value: number | string | null): string => {
    if (value === null) return UNKNOWN;
    if (typeof value === 'string') return formatUnitMoney(value, currency);
    return unit === 'fraction' ? formatPercent(value) : threeDigits(value);
  };
  return `${measure} ${print(before)} → ${print(now)}`;
}
