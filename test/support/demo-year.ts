import { sumAggregates } from '../../src/app/figures/aggregates.ts';
import { PICOS_PER_UNIT } from '../../src/domain/money/picos.ts';
import { DAY_MS, formatDay, formatInstant, HOUR_MS, type TimeWindow } from '../../src/domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';
import type { CallAggregate } from '../../src/ports/serving.ts';
import type { LedgerAggregate, LedgerQuery, Store } from '../../src/ports/store.ts';
import { randomStream } from '../../src/sources/demo/random.ts';

/**
 * A year of ledger by owner, cheaply: what four teams hold each hour, at what price and to what use, with holes, growth, holidays and
 * bursts, and with anomalies planted where the test says. It answers what a store would, over rows in memory.
 */
export const YEAR_START = Date.UTC(2025, 0, 6); // a Monday
export const YEAR_DAYS = 365;

export type PlantedKind = 'price' | 'volume' | 'mix' | 'utilisation' | 'newResource' | 'charges' | 'unitCost';

export type Planted = Readonly<{ kind: PlantedKind; team: string; window: TimeWindow }>;

/** Cost of an hour of one team in one kind of resource. */
export type YearRow = Readonly<{
  hour: number;
  team: string;
  workload: string;
  model: string;
  environment: string;
  gpuModel: string;
  lifecycle: string;
  gpus: number;
  perGpuHour: number;
  /** Shares of the time. */
  productive: number;
  unobserved: number;
  unpriced: boolean;
  direct: number;
}>;

export type DemoYear = Readonly<{
  rows: readonly YearRow[];
  planted: readonly Planted[];
  store: Pick<Store, 'ledger' | 'calls' | 'extent' | 'judgements'>;
}>;

const PRICES: Readonly<Record<string, number>> = { H100: 3.9, A100: 2.2, L4: 0.8, B200: 6.4 };
const DAY_HOURS = 24;

/** One of each kind, weeks apart, from the fourth month on. */
export function plantedIn(seed: number): readonly Planted[] {
  const random = randomStream(seed, 'planted');
  const kinds: readonly [PlantedKind, string, number][] = [
    ['price', 'search', 60],
    ['volume', 'ranking', 48],
    ['utilisation', 'chat', 40],
    ['newResource', 'research', 30],
    ['charges', 'platform', 36],
    ['mix', 'chat', 72],
    ['unitCost', 'search', 30],
  ];
  return kinds.map(([kind, team, hours], index) => {
    const day = 120 + index * 34 + Math.floor(random.between(0, 12));
    const fromMs = YEAR_START + day * DAY_MS + Math.floor(random.between(6, 14)) * HOUR_MS;
    return { kind, team, window: { fromMs, toMs: fromMs + hours * HOUR_MS } };
  });
}

export function demoYear(
  seed: number,
  planted: readonly Planted[] = plantedIn(seed),
  { hasHoles = true }: Readonly<{ hasHoles?: boolean }> = {},
): DemoYear {
  const rows = generateRows(seed, planted, hasHoles ? holes(seed) : () => null);
  const requests = generateRequests(seed, planted);
  return { rows, planted, store: storeOver(rows, requests) };
}

function generateRows(seed: number, planted: readonly Planted[], hole: (hour: number) => Hole): YearRow[] {
  const rows: YearRow[] = [];
  const jobs = trainingJobs(seed);
  const noise = randomStream(seed, 'noise');
  const spot = randomStream(seed, 'spot');
  let spotPrice = 1;
  for (let hour = 0; hour < YEAR_DAYS * DAY_HOURS; hour++) {
    if (hour % DAY_HOURS === 0) spotPrice = 0.9 + spot.between(0, 0.2);
    if (hole(hour) === 'missing') continue;
    const is = (kind: PlantedKind, team: string) =>
      planted.some(
        (one) =>
          one.kind === kind &&
          one.team === team &&
          YEAR_START + hour * HOUR_MS >= one.window.fromMs &&
          YEAR_START + hour * HOUR_MS < one.window.toMs,
      );
    const wobble = (share: number) => 1 + noise.between(-share, share);
    const add = (row: Partial<YearRow> & Pick<YearRow, 'team' | 'workload' | 'gpus'>) => {
      const gpuModel = row.gpuModel ?? 'H100';
      rows.push({
        hour,
        model: row.workload,
        environment: 'production',
        gpuModel,
        lifecycle: 'on_demand',
        perGpuHour: PRICES[gpuModel]!,
        productive: 0.6,
        unobserved: hole(hour) === 'unobserved' ? 0.9 : 0,
        unpriced: hole(hour) === 'unpriced',
        direct: 0,
        ...row,
      });
    };

    const day = dayShape(hour);
    const growth = 1 + (0.25 * hour) / (YEAR_DAYS * DAY_HOURS);
    const quiet = isHoliday(hour) ? 0.8 : 1;

    // Search: an endpoint that scales with the day.
    const replicas = Math.round((10 + 10 * day) * growth * quiet * wobble(0.04));
    add({
      team: 'search',
      workload: 'search-llm',
      gpus: replicas,
      productive: 0.62 * wobble(0.08),
      perGpuHour: PRICES['H100']! * (is('price', 'search') ? 1.35 : 1),
      direct: 4 * wobble(0.1),
    });

    // Chat: mostly A100, a little H100.
    const chat = Math.round((12 + 8 * day) * quiet * wobble(0.05));
    const leak = is('utilisation', 'chat') ? 1.6 : 1;
    const moved = is('mix', 'chat') ? 0.85 : 0.1;
    const held = chat * leak;
    for (const [gpuModel, part] of [
      ['A100', 1 - moved],
      ['H100', moved],
    ] as const)
      add({
        team: 'chat',
        workload: 'chat-llm',
        gpuModel,
        gpus: held * part,
        productive: (0.55 * wobble(0.1)) / leak,
      });

    // Ranking: trainings come and go.
    const training = jobs[hour]! + (is('volume', 'ranking') ? 96 : 0);
    add({
      team: 'ranking',
      workload: 'ranking-train',
      environment: 'research',
      gpus: training,
      productive: 0.7 * wobble(0.1),
      lifecycle: 'spot',
      perGpuHour: PRICES['H100']! * 0.45 * spotPrice,
    });

    // Research: notebooks of working hours.
    const notebooks = Math.round((2 + 10 * Math.max(0, day - 0.3) * (isWeekend(hour) ? 0.2 : 1)) * quiet);
    add({
      team: 'research',
      workload: 'notebooks',
      environment: 'research',
      gpuModel: 'L4',
      gpus: notebooks,
      productive: 0.2 * wobble(0.4),
    });
    if (is('newResource', 'research'))
      add({ team: 'research', workload: 'trial', environment: 'research', gpuModel: 'B200', gpus: 8 });

    // Platform: a batch at night, and most of the charges beside the GPUs.
    const batch = hour % DAY_HOURS >= 1 && hour % DAY_HOURS < 5 ? 8 : 1;
    add({
      team: 'platform',
      workload: 'nightly',
      gpuModel: 'A100',
      gpus: batch,
      productive: 0.5 * wobble(0.1),
      direct: (is('charges', 'platform') ? 30 : 9) * wobble(0.1),
    });

    // Nobody: what is left of the machines.
    add({
      team: 'nobody',
      workload: 'none',
      model: 'none',
      gpuModel: 'H100',
      gpus: Math.max(1, Math.round((26 - replicas / 2) * wobble(0.2))),
      productive: 0,
    });
  }
  return rows.map((row) => ({ ...row, gpus: Math.round(row.gpus * 8) / 8 }));
}

/** 0 at night, 1 in the afternoon; weekends are half. */
function dayShape(hour: number): number {
  const shape = (1 + Math.sin(((hour % DAY_HOURS) / DAY_HOURS) * 2 * Math.PI - 2.2)) / 2;
  return isWeekend(hour) ? shape / 2 : shape;
}

function isWeekend(hour: number): boolean {
  return Math.floor(hour / DAY_HOURS) % 7 >= 5;
}

/** Days when hardly anyone works: the end of the year, and two in spring. */
function isHoliday(hour: number): boolean {
  const day = Math.floor(hour / DAY_HOURS);
  return day >= 349 || day === 102 || day === 105;
}

/** GPUs in use by trainings: they start on working days, last for hours or days, and some are large. */
function trainingJobs(seed: number): number[] {
  const random = randomStream(seed, 'jobs');
  const gpus = new Array<number>(YEAR_DAYS * DAY_HOURS).fill(0);
  for (let hour = 0; hour < gpus.length; hour++) {
    const isWorking = !isWeekend(hour) && hour % DAY_HOURS >= 8 && hour % DAY_HOURS < 19;
    if (!random.chance(isWorking ? 0.22 : 0.04)) continue;
    const size = random.pick([
      { gpus: 1, weight: 4 },
      { gpus: 4, weight: 3 },
      { gpus: 8, weight: 3 },
      { gpus: 16, weight: 1 },
    ]).gpus;
    const hours = Math.round(random.skewed(1, 40));
    for (let at = hour; at < Math.min(gpus.length, hour + hours); at++) gpus[at]! += size;
  }
  // The cluster has no more.
  return gpus.map((count) => Math.min(48, count));
}

type Hole = 'missing' | 'unobserved' | 'unpriced' | null;

/** Collectors fail: a few times a month for some hours nothing comes in, or nothing is measured, or a price is missing. */
function holes(seed: number): (hour: number) => Hole {
  const random = randomStream(seed, 'holes');
  const kinds: Hole[] = new Array(YEAR_DAYS * DAY_HOURS).fill(null);
  for (let hour = 0; hour < kinds.length; hour++) {
    if (!random.chance(0.004)) continue;
    const kind = random.pick([
      { hole: 'missing' as const, weight: 3 },
      { hole: 'unobserved' as const, weight: 3 },
      { hole: 'unpriced' as const, weight: 1 },
    ]).hole;
    const hours = Math.round(random.skewed(1, 30));
    for (let at = hour; at < Math.min(kinds.length, hour + hours); at++) kinds[at] = kind;
  }
  return (hour) => kinds[hour] ?? null;
}

function generateRequests(seed: number, planted: readonly Planted[]): CallAggregate[] {
  const random = randomStream(seed, 'requests');
  return Array.from({ length: YEAR_DAYS * DAY_HOURS }, (_, hour) => hour).flatMap((hour) =>
    (['search', 'chat'] as const).map((team) => {
      const atMs = YEAR_START + hour * HOUR_MS;
      const isDown = planted.some(
        ({ kind, team: of, window }) =>
          kind === 'unitCost' && of === team && atMs >= window.fromMs && atMs < window.toMs,
      );
      const capacity = (team === 'search' ? 10 : 12) + (team === 'search' ? 10 : 8) * dayShape(hour);
      const requests = Math.round(capacity * 900 * (1 + random.between(-0.08, 0.08)) * (isDown ? 0.5 : 1));
      return callAggregate(`${team}-llm`, atMs, requests);
    }),
  );
}

function callAggregate(endpoint: string, atMs: number, requests: number): CallAggregate {
  return {
    key: { endpoint, serving: 'self_hosted', hour: formatInstant(atMs) },
    source: 'counters',
    requests,
    errors: 0,
    tokens: { input: null, cachedInput: null, cacheWrittenInput: null, output: null, reasoning: null },
    prefillMicros: null,
    decodeMicros: null,
    queueMicros: null,
    runningRequests: null,
    waitingRequests: null,
    cacheUse: null,
    batchSize: null,
    costPicos: null,
    pricedRequests: 0,
  };
}

function storeOver(rows: readonly YearRow[], calls: readonly CallAggregate[]): DemoYear['store'] {
  const weighed = rows.map(weigh);
  const firstOf = lowerBound(weighed.map(({ hourMs }) => hourMs));
  return {
    extent: async () => ({
      ledger: { fromMs: YEAR_START, toMs: YEAR_START + YEAR_DAYS * DAY_MS },
      newest: {
        usageMs: null,
        capacityMs: null,
        allocationMs: null,
        chargeMs: null,
        runMs: null,
        trafficMs: null,
        requestMs: null,
      },
    }),
    judgements: async () => [],
    calls: async ({ window }) =>
      calls.slice(
        Math.max(0, (2 * (window.fromMs - YEAR_START)) / HOUR_MS),
        Math.max(0, (2 * (window.toMs - YEAR_START)) / HOUR_MS),
      ),
    ledger: async ({ window, by, filters = [] }: LedgerQuery) => {
      const groups = new Map<string, Weighed[]>();
      for (const row of weighed.slice(firstOf(window.fromMs), firstOf(window.toMs))) {
        if (!filters.every(({ dimension, values }) => values.includes(cellOf(row, dimension)))) continue;
        const id = by.map((name) => cellOf(row, name)).join('|');
        const group = groups.get(id);
        if (group) group.push(row);
        else groups.set(id, [row]);
      }
      return [...groups.values()].map((members) =>
        aggregate(Object.fromEntries(by.map((name) => [name, cellOf(members[0]!, name)])), members),
      );
    },
  };
}

function lowerBound(sorted: readonly number[]): (value: number) => number {
  return (value) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const BUCKETS_OF_YEAR = ['unobserved', 'unallocated', 'productive', 'idle'] as const;

/** A row with its exact amounts, by bucket in the order above. */
type Weighed = Readonly<{
  row: YearRow;
  hourMs: number;
  hour: string;
  day: string;
  ticks: readonly bigint[];
  cost: readonly bigint[];
  direct: bigint;
  unpriced: bigint;
}>;

function weigh(row: YearRow): Weighed {
  const hourMs = YEAR_START + row.hour * HOUR_MS;
  const eighths = BigInt(Math.round(row.gpus * 8));
  const ticks = (eighths * TICKS_PER_GPU_HOUR) / 8n;
  const cost = row.unpriced ? 0n : (picos(row.perGpuHour) * eighths) / 8n;
  const isNobody = row.team === 'nobody';
  const shares = [
    row.unobserved,
    isNobody ? 1 - row.unobserved : 0,
    isNobody ? 0 : (1 - row.unobserved) * Math.min(1, row.productive),
  ].map((share) => BigInt(Math.round(share * 1e6)));
  return {
    row,
    hourMs,
    hour: formatInstant(hourMs),
    day: formatDay(hourMs),
    ticks: split(ticks, shares),
    cost: split(cost, shares),
    direct: picos(row.direct),
    unpriced: row.unpriced ? ticks : 0n,
  };
}

/** The rest is the last part. */
function split(whole: bigint, millionths: readonly bigint[]): bigint[] {
  const parts = millionths.map((share) => (whole * share) / 1_000_000n);
  return [...parts, parts.reduce((rest, part) => rest - part, whole)];
}

function cellOf({ row, hour, day }: Weighed, dimension: string): string {
  if (dimension === 'hour') return hour;
  if (dimension === 'day') return day;
  if (dimension === 'provider') return 'aws';
  return String(row[dimension as keyof YearRow] ?? 'none');
}

function aggregate(key: Record<string, string>, rows: readonly Weighed[]): LedgerAggregate {
  const sum = (of: (row: Weighed) => bigint) => rows.reduce((total, row) => total + of(row), 0n);
  const column = (of: (row: Weighed) => readonly bigint[]) =>
    Object.fromEntries(BUCKETS_OF_YEAR.map((bucket, index) => [bucket, sum((row) => of(row)[index]!)]));
  return {
    ...NOTHING,
    key,
    ticks: { ...NOTHING.ticks, ...column(({ ticks }) => ticks) },
    cost: { ...NOTHING.cost, ...column(({ cost }) => cost) },
    directPicos: sum(({ direct }) => direct),
    unpricedTicks: sum(({ unpriced }) => unpriced),
  };
}

const NOTHING = sumAggregates([]);

function picos(amount: number): bigint {
  return BigInt(Math.round(amount * 1e6)) * (PICOS_PER_UNIT / 1_000_000n);
}
