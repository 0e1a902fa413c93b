import {
  DRIVER_MEANINGS,
  explainUnitChange,
  UNIT_DRIVERS,
  type UnitChange,
} from '../domain/economics/explain-unit-change.ts';
import { displayAmount, displayMoney } from '../domain/money/display-money.ts';
import { formatPicos, PICOS_PER_UNIT, type Picos } from '../domain/money/picos.ts';
import { DAY_MS, formatInstant, type TimeWindow } from '../domain/time/window.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallDimension } from '../ports/serving.ts';
import { windowBefore } from './figures/window-before.ts';
import { readGeneratedMark } from './generated-mark.ts';
import { evidenceOf } from './inference/unit-evidence.ts';
import { PART_DIMENSIONS, unitParts } from './inference/unit-parts.ts';
import { reportInference } from './report-inference.ts';
import type { ReportParts } from './report-ledger.ts';
import type { InferenceReport } from './results/inference.ts';
import type { UnitChangeFigures, UnitPoint, UnitsReport } from './results/units.ts';
import type { UnitsRequest } from './tare.ts';

const MOST_DAYS_BY_HOUR = 3;

/** How the cost of a thousand requests moved over the window, against the time before, and why. */
export async function reportUnits(
  parts: ReportParts & Readonly<{ clock: Clock }>,
  request: UnitsRequest,
): Promise<UnitsReport> {
  const { window, basis } = request;
  const before = windowBefore(window, parts.clock.nowMs());
  const step = window.toMs - window.fromMs > MOST_DAYS_BY_HOUR * DAY_MS ? 'day' : 'hour';
  const ask = (of: TimeWindow, by: readonly CallDimension[], latencies = true) =>
    reportInference(
      parts,
      { ...request, window: of, by, top: null, apiPrice: null },
      { latencies, endpoints: false },
    );
  const [overTime, inSteps, inParts, earlier, generated] = await Promise.all([
    ask(window, [step]),
    ask(window, [step, ...PART_DIMENSIONS], false),
    // Not the sum of the steps: an endpoint that nobody asked for a day was asked in the window.
    ask(window, PART_DIMENSIONS),
    ask(before, PART_DIMENSIONS),
    readGeneratedMark(parts.store),
  ]);
  const base = unitParts(earlier.rows, basis);
  const change = explainUnitChange(base, unitParts(inParts.rows, basis));
  const { currency, total } = inParts;
  const isKnown = earlier.total.requests > 0 || earlier.total.cost !== null;
  return {
    currency,
    from: inParts.from,
    to: inParts.to,
    basis,
    sentence: inParts.sentence,
    comparison: comparison(change, currency),
    total,
    previous: isKnown
      ? { from: formatInstant(before.fromMs), to: formatInstant(before.toMs), ...earlier.total }
      : null,
    change: change && changeFigures(change, earlier, inParts),
    step,
    points: overTime.rows.map((row) =>
      pointOf(row, step, inSteps, (rows) => explainUnitChange(base, rows), basis),
    ),
    generated,
  };
}

function changeFigures(change: UnitChange, before: InferenceReport, now: InferenceReport): UnitChangeFigures {
  return {
    before: formatPicos(change.beforePicos),
    now: formatPicos(change.nowPicos),
    amount: formatPicos(change.nowPicos - change.beforePicos),
    drivers: UNIT_DRIVERS.map((driver) => ({
      driver,
      amount: formatPicos(change.drivers[driver]),
      meaning: DRIVER_MEANINGS[driver],
      evidence: evidenceOf(driver, before, now),
    })),
  };
}

function pointOf(
  row: InferenceReport['rows'][number],
  step: UnitsReport['step'],
  { rows }: InferenceReport,
  explain: (parts: ReturnType<typeof unitParts>) => UnitChange | null,
  basis: UnitsRequest['basis'],
): UnitPoint {
  const { [step]: at, ...figures } = row;
  const change = explain(
    unitParts(
      rows.filter((one) => one[step] === at),
      basis,
    ),
  );
  return {
    ...(figures as unknown as UnitPoint),
    at: String(at),
    drivers:
      change &&
      Object.fromEntries(UNIT_DRIVERS.map((driver) => [driver, formatPicos(change.drivers[driver])])),
  };
}

/** `That is $0.12 less per 1,000 than in the time before: batch −$0.20, traffic +$0.08.` The largest two. */
function comparison(change: UnitChange | null, currency: string): string | null {
  if (change === null) return null;
  const amount = change.nowPicos - change.beforePicos;
  if (amount === 0n) return 'That is as much per 1,000 as in the same time before.';
  const told = UNIT_DRIVERS.map((driver) => ({ driver, picos: change.drivers[driver] }))
    .filter(({ picos }) => picos !== 0n)
    .sort((a, b) => Number(magnitude(b.picos) - magnitude(a.picos)))
    .slice(0, 2)
    .map(
      ({ driver, picos }) => `${driver} ${picos < 0n ? '−' : '+'}${unitMoney(magnitude(picos), currency)}`,
    );
  const way = amount < 0n ? 'less' : 'more';
  return `That is ${unitMoney(magnitude(amount), currency)} ${way} per 1,000 than in the same time before: ${told.join(', ')}.`;
}

function magnitude(picos: Picos): Picos {
  return picos < 0n ? -picos : picos;
}

/** A thousand requests may cost less than a cent: below a dollar four decimals, as tables have them. */
function unitMoney(picos: Picos, currency: string): string {
  return picos >= PICOS_PER_UNIT || picos === 0n
    ? displayMoney(picos, currency)
    : displayMoney(0n, currency).replace('0.00', displayAmount(picos, 4));
}
