import type { Basis } from '../../domain/facts/facts.ts';
import { type Bucket, grossOf } from '../../domain/ledger/buckets.ts';
import { displayAmount, displayMoney, groupThousands } from '../../domain/money/display-money.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { HOUR_MS, SECOND_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import type { Evidence, LedgerAggregate } from '../../ports/store.ts';
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

function paidLine({ evidence, recomputed }: ExplainedRow): Line {
  const slots = evidence.slots;
  const nodes = listed(slots.map(({ node }) => node));
  const size = listed(slots.map(({ gpuParts }) => sizeOf(gpuParts)).filter((text) => text !== ''));
  const what = `paid          ${nodes}, ${listed(slots.map(({ lifecycle }) => lifecycle))}${size && `, ${size}`}`;
  return {
    figure: seconds(recomputed.paidMs),
    what,
    source: listed(slots.map((slot) => slot.capacityDataset)),
  };
}

function heldLine({ name, evidence, recomputed }: ExplainedRow): Line {
  const figure = seconds(recomputed.heldMs);
  if (name.workloadId === '') {
    const holders = listed(evidence.allocations.map(({ workloadId }) => workloadId));
    const others = holders === '' ? 'no allocation in this hour' : `the rest was held by ${holders}`;
    return { figure, what: `held by nobody  ${others}`, source: datasetsOf(evidence.allocations) };
  }
  const own = evidence.allocations.filter(({ workloadId }) => workloadId === name.workloadId);
  const shares = listed(own.map(({ shareParts }) => decimals(shareParts / PARTS_PER_GPU)));
  return { figure, what: `held          ${name.workloadId} (share ${shares})`, source: datasetsOf(own) };
}

function measureLines({ name, evidence, recomputed }: ExplainedRow): Line[] {
  const { samples, longestGapMs, busy, effective, bases } = recomputed;
  const source = datasetsOf(evidence.samples);
  const gap = `longest gap ${duration(longestGapMs)}`;
  if (samples === 0) return [{ figure: '–', what: 'no sample in this hour', source }];
  if (busy === null || effective === null) {
    return [{ figure: '–', what: `activity unknown, ${count(samples, 'sample')}, ${gap}`, source }];
  }
  const lines = [
    {
      figure: decimals(busy),
      what: `${measureName(bases)} mean of ${count(samples, 'sample')}, ${gap}`,
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
function differenceLine({ name, row, recomputed }: ExplainedRow): Line[] {
  const difference = recomputed.heldTicks - grossOf(row.ticks);
  const tolerated = BigInt(SECOND_MS) * BigInt(PARTS_PER_GPU);
  if (difference < tolerated && -difference < tolerated) return [];
  const what = `held by ${name.workloadId || 'nobody'} now, ${gpuSeconds(grossOf(row.ticks))} when the hour was built`;
  return [{ figure: gpuSeconds(recomputed.heldTicks), what, source: 'the facts changed since' }];
}

function priceLines({ evidence, row, currency, name }: ExplainedRow): Line[] {
  const isBilled = evidence.slots.some(({ priceSource }) => priceSource === 'bill');
  const prices = isBilled
    ? [billedPrice(row, currency, evidence)]
    : evidence.slots.map((slot) => bookPrice(slot, currency));
  const charges = evidence.charges.map((charge) => ({
    figure: displayMoney(charge.costPicos, currency),
    what: `billed        ${charge.description ?? 'without a description'}`,
    source: `${charge.where} in ${charge.dataset}`,
  }));
  const cost = {
    figure: costOf(row, name.bucket, currency),
    what: `${name.bucket}, its part of the cost of the hour`,
    source: '',
  };
  return [...uniqueLines(prices), ...charges, cost];
}

function billedPrice(row: LedgerAggregate, currency: string, { slots }: Evidence): Line {
  const [cost, ticks] = [grossOf(row.cost), grossOf(row.ticks)];
  const perHour = ticks === 0n ? 0n : (cost * TICKS_PER_GPU_HOUR) / ticks;
  const estimate = row.estimateOfBilledPicos;
  const replaced =
    estimate === 0n ? '' : `; replaces the estimate of ${displayMoney(estimate, currency)} for the hour`;
  const date = slots[0]?.priceDate ? `, ${slots[0].priceDate}` : '';
  return {
    figure: `${sign(currency)}${displayAmount(perHour, 4)}`,
    what: 'per GPU-hour  from the bill',
    source: `bill${date}${replaced}`,
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
    figure: `${sign(currency)}${displayAmount(slot.perGpuHourPicos, 4)}`,
    what: 'per GPU-hour  an estimate until the bill arrives',
    source,
  };
}

function costOf(row: LedgerAggregate, bucket: Bucket, currency: string): string {
  const isUnknown = row.unpricedTicks === grossOf(row.ticks);
  return isUnknown ? '?' : `${sign(currency)}${formatPicos(row.cost[bucket])}`;
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

function seconds(ms: number): string {
  return `${groupThousands(String(Math.round(ms / SECOND_MS)))} s`;
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
