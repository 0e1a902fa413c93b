import type { FunnelStep, Leak, LedgerFigures, Overview } from '../../../src/app/results/results.ts';

/**
 * An invented answer of `GET /api/v1/overview` whose parts add up, for tests of the dashboard. Never part of the built page.
 */
export type OverviewOptions = Readonly<{
  seed?: number;
  days?: number;
  /** Exclusive end of the window, an ISO day. */
  endDay?: string;
  /** How many of the last days no bill covers yet. */
  estimatedDays?: number;
  isGenerated?: boolean;
  hasPrevious?: boolean;
  /** Extra small teams, to make a long table. */
  extraTeams?: number;
  /** Nothing was measured: all GPU time is unobserved. */
  hasUsage?: boolean;
  /** No price is known for any GPU time. */
  isUnpriced?: boolean;
}>;

export function makeOverview(options: OverviewOptions = {}): Overview {
  const settings = { ...DEFAULTS, ...options };
  const random = randomFrom(settings.seed);
  const days = listDays(settings.endDay, settings.days);
  const profiles = teamProfiles(settings);
  const cells = days.flatMap((day, index) =>
    profiles.map((profile) =>
      makeCell(day, profile, index >= settings.days - settings.estimatedDays, random, settings),
    ),
  );
  const total = sumCells(cells);
  const from = `${days[0]}T00:00:00Z`;
  const to = `${settings.endDay}T00:00:00Z`;

  return {
    currency: 'USD',
    from,
    to,
    generated: settings.isGenerated
      ? { seed: settings.seed, description: '160 GPUs in two regions, four teams, 90 days' }
      : null,
    sentence: sentenceOf(total),
    total: figuresOf(total),
    previous: settings.hasPrevious
      ? { ...scaled(total, 93n), from: `${shift(days[0]!, -settings.days)}T00:00:00Z`, to: from }
      : null,
    unitCost: {
      perProductiveGpuHour: perHour(total, total.milliHours.productive),
      perPaidGpuHour: perHour(total, sum(Object.values(total.milliHours))),
    },
    funnel: funnelOf(total),
    days: days.map((day) => ({ ...figuresOf(sumCells(cells.filter((cell) => cell.day === day))), day })),
    teams: profiles.map(({ team }) => ({
      ...figuresOf(sumCells(cells.filter((cell) => cell.team === team))),
      team,
    })),
    leaks: leaksOf(cells, total),
    health: healthOf(total, to, settings),
    extent: { from: `${shift(settings.endDay, -90)}T00:00:00Z`, to },
  };
}

/** The answer of a ledger with nothing in it, and of one that has rows elsewhere. */
export function makeEmptyOverview(extent: Overview['extent'] = null): Overview {
  const overview = makeOverview({ days: 30, isGenerated: false, hasPrevious: false });
  const total = figuresOf(sumCells([]));
  return {
    ...overview,
    sentence: extent ? 'Nothing was paid for in this window.' : 'Nothing imported yet.',
    total,
    unitCost: { perProductiveGpuHour: null, perPaidGpuHour: null },
    funnel: funnelOf(sumCells([])),
    days: [],
    teams: [],
    leaks: [],
    health: {
      ...overview.health,
      coverage: {
        ...overview.health.coverage,
        observed: null,
        owned: { team: null, model: null, environment: null },
      },
      reconciliation: { bill: '0.00', ledger: '0.00', difference: '0.00', estimated: '0.00', trueUp: '0.00' },
      freshness: FACTS.map((fact) => ({ fact, newest: null, ageSeconds: null, state: 'missing' })),
      unpriced: [],
      rowsRejected: 0,
      warnings: [],
    },
    extent,
  };
}

const BUCKETS = ['unobserved', 'unallocated', 'idle', 'underused', 'lost', 'productive'] as const;
type Bucket = (typeof BUCKETS)[number];
type PerBucket<T> = Record<Bucket, T>;
const FACTS = ['usage', 'capacity', 'allocations', 'charges'] as const;

const DEFAULTS = {
  seed: 42,
  days: 31,
  endDay: '2026-11-01',
  estimatedDays: 2,
  isGenerated: true,
  hasPrevious: true,
  extraTeams: 0,
  hasUsage: true,
  isUnpriced: false,
};
type Settings = typeof DEFAULTS;

type Profile = Readonly<{
  team: string;
  milliHoursPerDay: number;
  picosPerHour: bigint;
  weights: PerBucket<number>;
  directPicos: bigint;
  sharedPicos: bigint;
}>;

type Sums = Readonly<{
  milliHours: PerBucket<bigint>;
  picos: PerBucket<bigint>;
  direct: bigint;
  shared: bigint;
  estimated: bigint;
  isUnpriced: boolean;
}>;
type Cell = Sums & Readonly<{ day: string; team: string }>;

function teamProfiles(settings: Settings): readonly Profile[] {
  const profile = (
    team: string,
    gpus: number,
    price: string,
    weights: readonly number[],
    beside: readonly [number, number],
  ): Profile => ({
    team,
    milliHoursPerDay: gpus * 24_000,
    picosPerHour: settings.isUnpriced ? 0n : BigInt(price),
    weights: Object.fromEntries(
      BUCKETS.map((bucket, index) => [bucket, weights[index]!]),
    ) as PerBucket<number>,
    directPicos: BigInt(beside[0]) * 1_000_000_000_123n,
    sharedPicos: BigInt(beside[1]) * 1_000_000_000_077n,
  });
  const extra = Array.from({ length: settings.extraTeams }, (_, index) =>
    profile(`project-${String(index + 1).padStart(2, '0')}`, 1, '1890000000000', [0, 0, 3, 2, 0, 5], [3, 1]),
  );
  return [
    profile('search', 52, '3627123456789', [0, 0, 22, 18, 1, 59], [397, 121]),
    profile('ranking', 40, '3444810000000', [0, 0, 10, 18, 6, 66], [101, 89]),
    profile('research', 35, '3167900000001', [0, 0, 35, 17, 10, 38], [32, 72]),
    profile('platform', 11, '3042500000000', [0, 0, 33, 20, 2, 45], [703, 21]),
    profile('untagged', 4, '2210000000000', [0, 0, 41, 12, 0, 47], [18, 0]),
    profile('nobody', 22, '3799600000000', [13, 87, 0, 0, 0, 0], [0, 0]),
    ...extra,
  ];
}

function makeCell(
  day: string,
  profile: Profile,
  isEstimate: boolean,
  random: () => number,
  settings: Settings,
): Cell {
  const isWeekend = [0, 6].includes(new Date(day).getUTCDay());
  const size = (isWeekend ? 0.72 : 1) * (0.9 + 0.2 * random());
  const weights = BUCKETS.map((bucket) => profile.weights[bucket] * (0.8 + 0.4 * random()));
  const whole = sum(weights.map((weight) => BigInt(Math.round(weight * 1000))));
  const paid = BigInt(Math.round(profile.milliHoursPerDay * size));
  const parts = weights.map((weight) => (paid * BigInt(Math.round(weight * 1000))) / whole);
  const milliHours = Object.fromEntries(
    BUCKETS.map((bucket, index) => [bucket, parts[index]!]),
  ) as PerBucket<bigint>;
  const measured = settings.hasUsage ? milliHours : onlyUnobserved(milliHours);
  const picos = Object.fromEntries(
    BUCKETS.map((bucket) => [bucket, (measured[bucket] * profile.picosPerHour) / 1000n]),
  ) as PerBucket<bigint>;
  return {
    day,
    team: profile.team,
    milliHours: measured,
    picos,
    direct: profile.directPicos,
    shared: profile.sharedPicos,
    estimated: isEstimate ? sum(Object.values(picos)) : 0n,
    isUnpriced: settings.isUnpriced,
  };
}

function onlyUnobserved(milliHours: PerBucket<bigint>): PerBucket<bigint> {
  const nothing = { unobserved: 0n, unallocated: 0n, idle: 0n, underused: 0n, lost: 0n, productive: 0n };
  return { ...nothing, unobserved: sum(Object.values(milliHours)) };
}

function sumCells(cells: readonly Cell[]): Sums {
  const perBucket = (pick: (cell: Cell) => PerBucket<bigint>): PerBucket<bigint> =>
    Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, sum(cells.map((cell) => pick(cell)[bucket]))]),
    ) as PerBucket<bigint>;
  return {
    milliHours: perBucket((cell) => cell.milliHours),
    picos: perBucket((cell) => cell.picos),
    direct: sum(cells.map((cell) => cell.direct)),
    shared: sum(cells.map((cell) => cell.shared)),
    estimated: sum(cells.map((cell) => cell.estimated)),
    isUnpriced: cells.some((cell) => cell.isUnpriced),
  };
}

function figuresOf(sums: Sums): LedgerFigures {
  const gross = sum(Object.values(sums.picos));
  const grossHours = sum(Object.values(sums.milliHours));
  const [tare, whole] = sums.isUnpriced
    ? [grossHours - sums.milliHours.productive, grossHours]
    : [gross - sums.picos.productive, gross];
  const hours = Object.fromEntries(BUCKETS.map((bucket) => [bucket, Number(sums.milliHours[bucket]) / 1000]));
  const cost = Object.fromEntries(BUCKETS.map((bucket) => [bucket, decimal(sums.picos[bucket])]));
  return {
    gpuHours: { gross: Number(grossHours) / 1000, ...(hours as PerBucket<number>) },
    cost: { gross: decimal(gross), ...(cost as PerBucket<string>) },
    direct: decimal(sums.direct),
    shared: decimal(sums.shared),
    totalCost: decimal(gross + sums.direct + sums.shared),
    tareFraction: whole === 0n ? null : Number((tare * 1_000_000n) / whole) / 1_000_000,
    unpricedGpuHours: sums.isUnpriced ? Number(grossHours) / 1000 : 0,
    estimatedCost: decimal(sums.estimated),
  };
}

function scaled(sums: Sums, percent: bigint): LedgerFigures {
  const scale = (values: PerBucket<bigint>): PerBucket<bigint> =>
    Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, (values[bucket] * percent) / 100n]),
    ) as PerBucket<bigint>;
  const picos = scale(sums.picos);
  return figuresOf({
    ...sums,
    milliHours: scale(sums.milliHours),
    picos: { ...picos, productive: picos.productive + (picos.idle * 8n) / 100n },
    direct: (sums.direct * percent) / 100n,
    shared: (sums.shared * percent) / 100n,
    estimated: 0n,
  });
}

const STEPS: readonly (readonly [FunnelStep['step'], string, Bucket | null])[] = [
  ['paid', 'capacity that was paid for', null],
  ['observed', 'something says what it did', 'unobserved'],
  ['allocated', 'a workload holds it', 'unallocated'],
  ['active', 'a kernel runs', 'idle'],
  ['effective', 'the chip is really in use', 'underused'],
  ['productive', 'and the work was kept', 'lost'],
];

function funnelOf(sums: Sums): readonly FunnelStep[] {
  let milliHours = sum(Object.values(sums.milliHours));
  let picos = sum(Object.values(sums.picos));
  const [paidHours, paid] = [milliHours, picos];
  return STEPS.map(([step, meaning, bucket]) => {
    if (bucket) {
      milliHours -= sums.milliHours[bucket];
      picos -= sums.picos[bucket];
    }
    return {
      step,
      meaning,
      gpuHours: Number(milliHours) / 1000,
      cost: decimal(picos),
      fraction:
        paid > 0n
          ? Number(picos) / Number(paid)
          : paidHours > 0n
            ? Number(milliHours) / Number(paidHours)
            : null,
      loses: bucket
        ? { bucket, gpuHours: Number(sums.milliHours[bucket]) / 1000, cost: decimal(sums.picos[bucket]) }
        : null,
    };
  });
}

const LEAKS: readonly (readonly [string, string, string, Bucket, string])[] = [
  [
    'nobody',
    'nobody',
    'none',
    'unallocated',
    'Return 12 of the 40 reserved H100 that nobody held, or pack the research pool onto them',
  ],
  ['search', 'search-staging', 'inference', 'idle', 'Scale search-staging to zero outside working hours'],
  ['research', 'notebooks', 'notebook', 'idle', 'Stop notebooks after two idle hours'],
  ['search', 'search-llm', 'inference', 'underused', 'Batch search-llm, or move it to a smaller GPU'],
  ['research', 'vit-sweep', 'training', 'lost', 'Write checkpoints of vit-sweep every 20 minutes'],
];

function leaksOf(cells: readonly Cell[], total: Sums): readonly Leak[] {
  const paid = sum(Object.values(total.picos));
  return LEAKS.map(([team, workload, kind, bucket, advice], index) => {
    const own = sumCells(cells.filter((cell) => cell.team === team));
    const picos = (own.picos[bucket] * BigInt(90 - 7 * index)) / 100n;
    return {
      bucket,
      workload,
      kind,
      team,
      gpuHours: Number(own.milliHours[bucket]) / 1000,
      cost: decimal(picos),
      fraction: paid === 0n ? 0 : Number(picos) / Number(paid),
      advice,
    };
  })
    .filter((leak) => leak.gpuHours > 0)
    .sort((a, b) => Number(b.cost) - Number(a.cost) || b.gpuHours - a.gpuHours);
}

function healthOf(total: Sums, to: string, settings: Settings): Overview['health'] {
  const bill = sum(Object.values(total.picos)) + total.direct + total.shared - total.estimated;
  const nothing = { smActive: 0, engineActive: 0, gpuUtil: 0 };
  const hours = Number(sum(Object.values(total.milliHours)));
  const pricedBy = { bill: 0.918, contract: 0.041, priceBook: 0.033, ownership: 0, unpriced: 0.008 };
  return {
    coverage: {
      observed: hours === 0 ? null : 1 - Number(total.milliHours.unobserved) / hours,
      basis: settings.hasUsage ? { smActive: 0.71, engineActive: 0.24, gpuUtil: 0.05 } : nothing,
      owned: { team: 0.964, model: 0.871, environment: 0.99 },
      pricedBy: settings.isUnpriced
        ? { bill: 0, contract: 0, priceBook: 0, ownership: 0, unpriced: 1 }
        : pricedBy,
      contradictoryGpuHours: settings.hasUsage ? 14.5 : 0,
    },
    reconciliation: {
      bill: decimal(bill),
      ledger: decimal(bill),
      difference: '0.00',
      estimated: decimal(total.estimated),
      trueUp: '7689.50',
    },
    freshness: FACTS.map((fact) => ({
      fact,
      newest: fact === 'usage' && !settings.hasUsage ? null : to,
      ageSeconds: fact === 'usage' && !settings.hasUsage ? null : 2_400,
      state: fact === 'usage' && !settings.hasUsage ? 'missing' : 'current',
    })),
    unpriced: [
      {
        gpuModel: 'H200',
        provider: 'aws',
        instanceType: 'p5en.48xlarge',
        lifecycle: 'on_demand',
        gpuHours: 952.5,
        remedy: 'tare prices add p5en.48xlarge 63.30',
      },
    ],
    rowsRejected: 6,
    warnings: [
      {
        code: 'gpu-util-only',
        message: '8 devices report GPU_UTIL alone; their work cannot be told from waiting',
        count: 8,
      },
    ],
  };
}

function sentenceOf(sums: Sums): string {
  const gross = sum(Object.values(sums.picos));
  const tare = gross - sums.picos.productive;
  const percent = gross === 0n ? '–' : `${(tare * 100n) / gross}`;
  const money = (picos: bigint): string => `$${(picos / 10n ** 12n).toLocaleString('en-US')}`;
  return `This window cost ${money(gross + sums.direct + sums.shared)}, of which ${money(gross)} for GPUs. ${percent} % of that, ${money(tare)}, was tare.`;
}

function perHour(sums: Sums, milliHours: bigint): string | null {
  return milliHours === 0n ? null : decimal((sum(Object.values(sums.picos)) * 1000n) / milliHours);
}

function decimal(picos: bigint): string {
  const digits = (picos < 0n ? -picos : picos).toString().padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '').padEnd(2, '0');
  return `${picos < 0n ? '-' : ''}${digits.slice(0, -12)}.${fraction}`;
}

function listDays(endDay: string, days: number): readonly string[] {
  return Array.from({ length: days }, (_, index) => shift(endDay, index - days));
}

function shift(day: string, days: number): string {
  return new Date(new Date(day).valueOf() + days * 86_400_000).toISOString().slice(0, 10);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** A small linear congruential generator: the same figures on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
