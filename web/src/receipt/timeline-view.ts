import type { RunReceipt } from '../../../src/app/results/runs.ts';
import { formatMinute } from '../format/dates.ts';
import { parseDecimal, sumDecimals, toNumber } from '../format/decimal.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { countOf, formatPercent, hoursText } from '../format/quantity.ts';
import { stateText } from '../runs/run-cells.ts';

/** One hour between the start and the end of a run; an hour without an attempt has nothing in it. */
export type HourView = Readonly<{
  hour: string;
  /** `14 Oct 2026 09:00`. */
  name: string;
  attempts: readonly number[];
  /** For the height of a point or bar; `null` is a gap. */
  activity: number | null;
  kilowatts: number | null;
  cost: number | null;
  texts: Readonly<{
    attempts: string;
    gpuHours: string;
    activity: string;
    power: string;
    cost: string;
    exactCost: string;
  }>;
}>;

/** From which hour to which one an attempt went on, both included. */
export type AttemptSpan = Readonly<{
  attempt: number;
  first: number;
  last: number;
  label: string;
  isLost: boolean;
}>;

export type TimelineView = Readonly<{
  hours: readonly HourView[];
  spans: readonly AttemptSpan[];
  /** The same in words. */
  summary: string;
}>;

const HOUR_MS = 3_600_000;
/** Three months: more hours than a chart can tell apart, and a gap that long says nothing. */
const MOST_HOURS = 2_208;

export function viewTimeline(receipt: RunReceipt): TimelineView {
  const byHour = new Map<string, RunReceipt['timeline'][number][]>();
  for (const entry of receipt.timeline) byHour.set(entry.hour, [...(byHour.get(entry.hour) ?? []), entry]);
  const hours = hoursBetween([...byHour.keys()].sort()).map((hour) =>
    hourView(hour, byHour.get(hour) ?? [], receipt.currency),
  );
  return { hours, spans: spansOf(receipt, hours), summary: summaryOf(receipt, hours) };
}

function hoursBetween(known: readonly string[]): readonly string[] {
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [fromMs, toMs] = [new Date(first).valueOf(), new Date(last).valueOf()];
  const count = Math.round((toMs - fromMs) / HOUR_MS) + 1;
  if (count > MOST_HOURS) return known;
  return Array.from({ length: count }, (_, index) => instantOf(fromMs + index * HOUR_MS));
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

function hourView(hour: string, entries: RunReceipt['timeline'], currency: string): HourView {
  const gpuHours = entries.reduce((sum, entry) => sum + entry.gpuHours, 0);
  const costs = entries.flatMap(({ cost }) => cost ?? []);
  const cost = entries.length === 0 || costs.length < entries.length ? null : sumDecimals(costs);
  const measured = entries.find(({ activity }) => activity !== null);
  const powered = entries.find(({ powerWatts }) => powerWatts !== null);
  const activity = measured?.activity ?? null;
  const kilowatts = powered?.powerWatts == null ? null : powered.powerWatts / 1_000;
  return {
    hour,
    name: formatMinute(hour),
    attempts: entries.map(({ attempt }) => attempt),
    activity,
    kilowatts,
    cost: cost === null ? null : toNumber(cost),
    texts: {
      attempts: entries.map(({ attempt }) => attempt).join(', ') || UNKNOWN,
      gpuHours: entries.length === 0 ? UNKNOWN : hoursText(gpuHours),
      activity: formatPercent(activity, 1),
      power: kilowatts === null ? UNKNOWN : kilowatts.toFixed(2),
      cost: formatMoney(cost, currency, 2),
      exactCost: exactMoney(cost, currency),
    },
  };
}

function spansOf({ attempts }: RunReceipt, hours: readonly HourView[]): readonly AttemptSpan[] {
  return attempts.flatMap(({ attempt, state, lost }) => {
    const own = hours.flatMap((hour, index) => (hour.attempts.includes(attempt) ? [index] : []));
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ attempt, first, last, label: `${attempt} ${stateText(state)}`, isLost: lost !== null }];
  });
}

function summaryOf({ run, currency }: RunReceipt, hours: readonly HourView[]): string {
  if (hours.length === 0) return 'No hour of this run is in the ledger.';
  const active = hours.flatMap(({ activity }) => activity ?? []);
  const mean = active.length === 0 ? null : active.reduce((sum, value) => sum + value, 0) / active.length;
  const dearest = hours.reduce((most, hour) => ((hour.cost ?? 0) > (most.cost ?? 0) ? hour : most));
  const activity =
    mean === null
      ? 'Nothing says what its devices did.'
      : `On average ${formatPercent(mean)} of the time a kernel ran.`;
  const cost =
    parseDecimal(run.cost) === null
      ? ''
      : ` The dearest hour, ${dearest.name} UTC, cost ${formatMoney(dearest.texts.exactCost.split(' ')[0]!, currency, 2)}.`;
  return `${countOf(hours.length, 'hour')} from ${hours[0]!.name} UTC, ${countOf(run.attempts, 'attempt')}. ${activity}${cost}`;
}
