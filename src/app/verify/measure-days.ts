import { mergeSpans, quantileOf, type Spans } from '../../domain/economics/spans.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { picosToNumber } from '../../domain/money/picos.ts';
import { DAY_MS, floorToHour, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { Block } from '../../domain/verification/block.ts';
import type { Measure } from '../../domain/verification/judge-change.ts';
import type { LedgerAggregate, LedgerFilter, Store } from '../../ports/store.ts';
import { resolveServed, type Served } from '../inference/served.ts';
import type { VerificationUnit } from '../results/verification.ts';
import type { ChangeSubject } from './read-change.ts';

/** What blocks of 24 hours say, before and after a change. */
export type MeasuredDays = Readonly<{
  measures: readonly Measure[];
  unit: VerificationUnit;
  /** Blocks with everything that the cost needs. */
  days: readonly Day[];
  skipped: ReadonlyMap<string, number>;
}>;

export type Day = Readonly<{
  position: number;
  cost: number;
  load: number;
  /** Share of its GPU time without a price. */
  unpriced: number;
}>;

export type DayOptions = Readonly<{
  window: TimeWindow;
  /** Where the blocks after the change begin, and where those before it end: whole hours. */
  afterMs: number;
  beforeMs: number;
  unit: VerificationUnit | null;
  lowerIsBetter: readonly string[];
}>;

/** Percentiles of fewer requests, and scores of fewer judgements, are left out of a block. */
const LEAST_REQUESTS = 20;

/** Reads what the subject cost, hour by hour, what it did for it, how fast and how well, and makes blocks of 24 hours of it. */
export async function measureDays(
  store: Store,
  subject: ChangeSubject,
  options: DayOptions,
): Promise<MeasuredDays> {
  const { window } = options;
  const filters: LedgerFilter[] = [{ dimension: subject.dimension, values: subject.values }];
  const [ledger, all, served, scores] = await Promise.all([
    store.ledger({ window, by: ['hour'], filters }),
    store.ledger({ window, by: ['hour'] }),
    readServed(store, subject, window),
    store.scores({ window, by: ['endpoint', 'hour'], bars: [] }),
  ]);
  const blocks = blocksOf(ledger, all, served, options);
  const unit = options.unit ?? subject.unit ?? chooseUnit(blocks, options);
  const skipped = new Map<string, number>();
  const days = blocks.flatMap((block) => {
    const reason = reasonToSkip(block, unit);
    if (reason !== null) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    return reason === null ? [dayOf(block, unit)] : [];
  });
  const own = subject.dimension === 'workload' ? scores : [];
  return {
    unit,
    days,
    skipped,
    measures: [
      costMeasure(days, unit),
      ...latencyMeasure(blocks),
      ...qualityMeasures(
        own.filter(({ key }) => subject.values.includes(key['endpoint']!)),
        options,
      ),
    ],
  };
}

async function readServed(store: Store, subject: ChangeSubject, window: TimeWindow): Promise<Served[]> {
  if (subject.dimension !== 'workload') return [];
  const by = ['endpoint', 'hour'] as const;
  const [calls, latencies] = await Promise.all([
    store.calls({ window, by }),
    store.latencies({ window, by }),
  ]);
  return resolveServed(calls, latencies, by).served.filter(({ key }) =>
    subject.values.includes(key['endpoint']!),
  );
}

type DayBlock = Readonly<{
  position: number;
  /** Of 24: hours that the ledger has been built for. */
  ledgerHours: number;
  unpricedTicks: bigint;
  cost: number;
  gpuHours: number;
  productiveHours: number;
  /** That ended well. */
  requests: number;
  duration: Spans;
}>;

function blocksOf(
  ledger: readonly LedgerAggregate[],
  all: readonly LedgerAggregate[],
  served: readonly Served[],
  options: DayOptions,
): DayBlock[] {
  const ledgerOf = byPosition(ledger, options);
  const allOf = byPosition(all, options);
  const servedOf = byPosition(served, options);
  return positionsOf(options).map((position) => {
    const rows = ledgerOf.get(position) ?? [];
    const calls = servedOf.get(position) ?? [];
    const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
      items.reduce((total, item) => total + of(item), 0);
    return {
      position,
      ledgerHours: new Set((allOf.get(position) ?? []).map(({ key }) => key['hour'])).size,
      unpricedTicks: rows.reduce((total, row) => total + row.unpricedTicks, 0n),
      cost:
        sum(rows, ({ cost, directPicos }) => picosToNumber(grossOf(cost) + directPicos)) +
        sum(calls, ({ pricedPicos }) => picosToNumber(pricedPicos ?? 0n)),
      gpuHours: sum(rows, ({ ticks }) => ticksToHours(grossOf(ticks))),
      productiveHours: sum(rows, ({ ticks }) => ticksToHours(ticks.productive)),
      requests: sum(calls, ({ requests, errors }) => requests - errors),
      duration: mergeSpans(...calls.map(({ duration }) => duration)),
    };
  });
}

/** Whole blocks inside the window. */
function positionsOf({ window, beforeMs, afterMs }: DayOptions): number[] {
  const before = Math.max(0, Math.floor((beforeMs - window.fromMs) / DAY_MS));
  const after = Math.max(0, Math.floor((window.toMs - afterMs) / DAY_MS));
  return Array.from({ length: before + after }, (_, index) => index - before);
}

function byPosition<Item extends Readonly<{ key: Readonly<Record<string, string>> }>>(
  items: readonly Item[],
  { beforeMs, afterMs }: DayOptions,
): Map<number, Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const hourMs = floorToHour(Date.parse(item.key['hour']!));
    const isAfter = hourMs >= afterMs;
    if (!isAfter && hourMs + HOUR_MS > beforeMs) continue;
    const position = Math.floor((hourMs - (isAfter ? afterMs : beforeMs)) / DAY_MS);
    const group = groups.get(position);
    if (group) group.push(item);
    else groups.set(position, [item]);
  }
  return groups;
}

/** Requests where both sides have some, else the GPU-hours that did work, else time. */
function chooseUnit(blocks: readonly DayBlock[], options: DayOptions): VerificationUnit {
  const onBothSides = (of: (block: DayBlock) => number) =>
    [true, false].every((isAfter) =>
      blocks.some((block) => block.position >= 0 === isAfter && of(block) > 0),
    );
  if (options.unit !== null) return options.unit;
  if (onBothSides(({ requests }) => requests)) return 'requests';
  return onBothSides(({ productiveHours }) => productiveHours) ? 'productive' : 'hours';
}

const HOURS_PER_DAY = 24;
/** A block that lacks the cost of more than this cannot be compared with one that has it. */
const MOST_UNPRICED = 0.05;

function reasonToSkip(block: DayBlock, unit: VerificationUnit): string | null {
  if (block.ledgerHours < HOURS_PER_DAY) return 'the ledger does not have all of its hours';
  if (unpricedShare(block) > MOST_UNPRICED) return 'too much of its GPU time has no price';
  if (loadOf(block, unit) > 0) return null;
  return unit === 'requests' ? 'no request is known' : 'nothing was done';
}

function unpricedShare({ unpricedTicks, gpuHours }: DayBlock): number {
  return gpuHours === 0 ? 0 : ticksToHours(unpricedTicks) / gpuHours;
}

function loadOf(block: DayBlock, unit: VerificationUnit): number {
  if (unit === 'requests') return block.requests;
  if (unit === 'productive') return block.productiveHours;
  return unit === 'gpu-hours' ? block.gpuHours : 1;
}

function dayOf(block: DayBlock, unit: VerificationUnit): Day {
  return {
    position: block.position,
    cost: block.cost,
    load: loadOf(block, unit),
    unpriced: unpricedShare(block),
  };
}

/** Machines may be on whether they are asked or not, or follow what is asked of them. A price per GPU-hour follows its hours. */
const ELASTICITY = {
  requests: { least: 0, most: 1 },
  productive: { least: 0, most: 1 },
  'gpu-hours': { least: 1, most: 1 },
  hours: { least: 0, most: 0 },
  runs: { least: 0, most: 0 },
} as const satisfies Record<VerificationUnit, Measure['elasticity']>;

function costMeasure(days: readonly Day[], unit: VerificationUnit): Measure {
  return {
    name: 'cost',
    kind: 'cost',
    worseIs: 'higher',
    hasWeeks: true,
    elasticity: ELASTICITY[unit],
    blocks: days.map(({ position, cost, load }) => ({ position, value: cost, load, weight: 1 })),
  };
}

/** Waiting grows faster than the load, the more so the fuller the machines are: up to twice as fast is taken for the load's doing. */
const LATENCY_ELASTICITY = { least: 0, most: 2 };
const TAIL = 0.95;

function latencyMeasure(blocks: readonly DayBlock[]): Measure[] {
  const known = blocks.flatMap(({ position, requests, duration }): Block[] => {
    const count = duration.reduce((sum, span) => sum + span.count, 0);
    const quantile = count < LEAST_REQUESTS ? null : quantileOf(duration, TAIL);
    if (quantile === null || !(quantile.estimate > 0)) return [];
    return [{ position, value: quantile.estimate / 1_000, load: requests, weight: 1 }];
  });
  if (known.length === 0) return [];
  return [
    {
      name: 'latency p95',
      kind: 'latency',
      worseIs: 'higher',
      hasWeeks: true,
      elasticity: LATENCY_ELASTICITY,
      blocks: known,
    },
  ];
}

type Scores = Awaited<ReturnType<Store['scores']>>;

/** One measure for each score, each block as heavy as the judgements behind it. */
function qualityMeasures(scores: Scores, options: DayOptions): Measure[] {
  const names = [...new Set(scores.map(({ name }) => name))].sort();
  return names.map((name) => {
    const groups = byPosition(
      scores.filter((score) => score.name === name),
      options,
    );
    return {
      name,
      kind: 'quality',
      worseIs: options.lowerIsBetter.includes(name) ? 'higher' : 'lower',
      hasWeeks: true,
      elasticity: { least: 0, most: 0 },
      blocks: [...groups].map(([position, of]) => {
        const weight = of.reduce((sum, { scored }) => sum + scored, 0);
        const value = of.reduce((sum, { mean, scored }) => sum + mean * scored, 0) / weight;
        return { position, value, load: 1, weight };
      }),
    };
  });
}
