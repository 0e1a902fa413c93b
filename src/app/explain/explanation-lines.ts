import type { Basis } from '../../domain/facts/facts.ts';
import { type Bucket, grossOf } from '../../domain/ledger/buckets.ts';
import { displayAmount, displayMoney, groupThousands } from '../../domain/money/display-money.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { HOUR_MS, SECOND_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import type { Evidence, LedgerAggregate } from '../../ports/store.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import type { Explanation } from '../results/results.ts';
import type { Recomputed } from './recompute.ts';
import type { RowName } from './row-name.ts';

type Line = Explanation['lines'][number];

export type ExplainedRow = Readonly<{
  name: RowName;
  currency: string;
  evidence: Evidence;
  /** The row as the ledger has it. */
  row: LedgerAggregate;
  recomputed: Recomputed;
}>;

/** From what was paid to what the bucket holds and costs, each step with where it came from. */
export function explanationLines(explained: ExplainedRow): Line[] {
  return [
    paidLine(explained),
    heldLine(explained),
    ...measureLines(explained),
    bucketLine(explained),
    ...differenceLine(explained),
    ...priceLines(explained),
  ];
}

function paidLine({ evidence }: ExplainedRow): Line {
  const { slots, rows, charges } = evidence;
  const figure = gpuSeconds(grossOf(sumAggregates(rows).ticks));
  if (slots.length === 0) return { figure, ...withoutCapacity(charges.length > 0) };
  const nodes = listed(slots.map(({ node }) => node));
  const size = listed(slots.map(({ gpuParts }) => sizeOf(gpuParts)).filter((text) => text !== ''));
  const what = `paid          ${nodes}, ${listed(slots.map(({ lifecycle }) => lifecycle))}${size && `, ${size}`}`;
  return { figure, what, source: listed(slots.map((slot) => slot.capacityDataset)) };
}

/** Time that is paid though nobody stated the capacity: the bill says so, or the device was seen. */
function withoutCapacity(isBilled: boolean): Omit<Line, 'figure'> {
  return isBilled
    ? { what: 'paid          by the bill; no capacity explains it', source: 'bill' }
    : {
        what: 'paid          from the first to the last time it was seen',
        source: 'no capacity was imported',
      };
}

function heldLine({ name, evidence, row }: ExplainedRow): Line {
  const figure = gpuSeconds(grossOf(row.ticks));
  if (name.workload === '') {
    const holders = listed(evidence.allocations.map(({ workload }) => workload));
    const others = holders === '' ? 'no allocation in this hour' : `the rest by ${holders}`;
    return { figure, what: `held          by nobody; ${others}`, source: datasetsOf(evidence.allocations) };
  }
  const own = evidence.allocations.filter(({ workload }) => workload === name.workload);
  const shares = listed(own.map(({ shareParts }) => decimals(shareParts / PARTS_PER_GPU)));
  return { figure, what: `held          ${name.workload} (share ${shares})`, source: datasetsOf(own) };
}

function measureLines({ name, evidence, recomputed }: ExplainedRow): Line[] {
  const { samples, longestGapMs, busy, effective, bases } = recomputed;
  const source = datasetsOf(evidence.samples);
  const gap = `longest gap ${duration(longestGapMs)}`;
  const counted = evidence.isRolledUp
    ? 'the hour; its single samples are kept no longer'
    : `${count(samples, 'sample')}, ${gap}`;
  if (samples === 0) return [{ figure: '–', what: 'no sample in this hour', source }];
  if (busy === null || effective === null) {
    return [{ figure: '–', what: `activity unknown, ${counted}`, source }];
  }
  const lines = [
    {
      figure: decimals(busy),
      what: `${measureName(bases)} mean of ${counted}`,
      source,
    },
  ];
  if (bases.includes('sm_active') && (name.bucket === 'underused' || name.bucket === 'productive')) {
    lines.push({ figure: decimals(effective), what: 'SM active     mean of the same samples', source });
  }
  return lines;
}

function bucketLine(explained: ExplainedRow): Line {
  const { name, row } = explained;
  const figure = gpuSeconds(row.ticks[name.bucket]);
  return {
    figure,
    what: `${name.bucket} = ${formulaOf(explained)}`,
    source: 'docs/methodology.md#the-weighing',
  };
}

function formulaOf({ name, row, recomputed }: ExplainedRow): string {
  const held = gpuSeconds(grossOf(row.ticks));
  const measured = gpuSeconds(recomputed.measuredTicks);
  const [busy, effective] = [decimals(recomputed.busy ?? 0), decimals(recomputed.effective ?? 0)];
  const formulas: Readonly<Record<Bucket, string>> = {
    unobserved: `held ${held} − observed ${gpuSeconds(grossOf(row.ticks) - row.ticks.unobserved)}`,
    unallocated: 'observed, held by nobody',
    idle: `${measured} × (1 − ${busy})`,
    underused: `${measured} × (${busy} − ${effective})`,
    lost: 'what was worked after the last checkpoint of an attempt that did not finish',
    productive: `held ${held} − all other buckets`,
  };
  return formulas[name.bucket];
}

/** Facts that arrived after the hour was built, or a bucket that follows from more than samples. */
function differenceLine({ name, row, recomputed, evidence }: ExplainedRow): Line[] {
  if (evidence.slots.length === 0) return [];
  const difference = recomputed.heldTicks - grossOf(row.ticks);
  const tolerated = BigInt(SECOND_MS) * BigInt(PARTS_PER_GPU);
  if (difference < tolerated && -difference < tolerated) return [];
  const what = `held by ${name.workload || 'nobody'} now, ${gpuSeconds(grossOf(row.ticks))} when the hour was built`;
  return [{ figure: gpuSeconds(recomputed.heldTicks), what, source: 'the facts changed since' }];
}

function priceLines({ evidence, row, currency, name }: ExplainedRow): Line[] {
  const isBilled = evidence.rows.some(({ key }) => key['priceSource'] === 'bill');
  const charges = evidence.charges.map((charge) => ({
    figure: displayMoney(charge.costPicos, currency),
    what: `billed        ${charge.description ?? 'without a description'}`,
    source: `${charge.where} in ${charge.dataset}`,
  }));
  const prices = isBilled
    ? [...charges, billedPrice(sumAggregates(evidence.rows), currency)]
    : uniqueLines(evidence.slots.map((slot) => bookPrice(slot, currency)));
  return [...prices, ...costLine(row, name, currency)];
}

/** What the bill made of the device's hour, and the estimate that stood there before. */
function billedPrice(hour: LedgerAggregate, currency: string): Line {
  const [cost, ticks, estimate] = [grossOf(hour.cost), grossOf(hour.ticks), hour.estimateOfBilledPicos];
  const perHour = ticks === 0n ? 0n : (cost * TICKS_PER_GPU_HOUR) / ticks;
  const before = ticks === 0n ? 0n : (estimate * TICKS_PER_GPU_HOUR) / ticks;
  return {
    figure: fourDecimals(perHour, currency),
    what: 'per GPU-hour  its part of what was billed',
    source: estimate === 0n ? 'bill' : `bill; replaces the estimate of ${fourDecimals(before, currency)}`,
  };
}

function bookPrice(slot: Evidence['slots'][number], currency: string): Line {
  if (slot.perGpuHourPicos === null) {
    return {
      figure: '?',
      what: 'per GPU-hour  no price is known: the cost is missing, not zero',
      source: slot.priceSource,
    };
  }
  const source = [slot.priceSource.replaceAll('_', ' '), slot.priceDate, slot.priceReference]
    .filter(Boolean)
    .join(', ');
  return {
    figure: fourDecimals(slot.perGpuHourPicos, currency),
    what: 'per GPU-hour  an estimate until the bill arrives',
    source,
  };
}

function costLine(row: LedgerAggregate, { bucket }: RowName, currency: string): Line[] {
  if (row.unpricedTicks === grossOf(row.ticks)) return [];
  const figure = `${sign(currency)}${formatPicos(row.cost[bucket])}`;
  return [{ figure, what: `${bucket}, at this price`, source: 'ledger' }];
}

function fourDecimals(picos: Picos, currency: string): string {
  return `${sign(currency)}${displayAmount(picos, 4)}`;
}

function uniqueLines(lines: readonly Line[]): Line[] {
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

/** `$` or `CHF `. */
export function sign(currency: string): string {
  return displayMoney(0n, currency).replace('0.00', '');
}

const MEASURE_NAMES: Readonly<Record<Basis, string>> = {
  sm_active: 'engine active',
  engine_active: 'engine active',
  gpu_util: 'GPU_UTIL     ',
  none: 'unknown      ',
};

function measureName(bases: readonly Basis[]): string {
  return listed(bases.map((basis) => MEASURE_NAMES[basis]));
}

function sizeOf(gpuParts: number): string {
  return gpuParts === PARTS_PER_GPU ? '' : `${decimals(gpuParts / PARTS_PER_GPU)} of a GPU`;
}

/** GPU time as seconds of a whole GPU. */
function gpuSeconds(ticks: bigint): string {
  const ms = Number(ticks / BigInt(PARTS_PER_GPU));
  return `${groupThousands(String(Math.round(ms / SECOND_MS)))} s`;
}

function duration(ms: number): string {
  if (ms >= HOUR_MS) return `${decimals(ms / HOUR_MS)} h`;
  return ms >= 120 * SECOND_MS ? `${decimals(ms / 60_000)} min` : `${decimals(ms / SECOND_MS)} s`;
}

/** At most four decimals, and no more than there are. */
function decimals(value: number): string {
  return String(Number(value.toFixed(4)));
}

function count(number: number, noun: string): string {
  return `${groupThousands(String(number))} ${noun}${number === 1 ? '' : 's'}`;
}

function listed(texts: readonly string[]): string {
  return [...new Set(texts)].join(' + ');
}

function datasetsOf(items: readonly Readonly<{ dataset: string }>[]): string {
  return listed(items.map(({ dataset }) => dataset));
}
