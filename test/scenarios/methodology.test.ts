import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import { DAYS_PER_MONTH } from '../../src/app/runs-cadence.ts';
import { costPerPoint } from '../../src/domain/economics/cost-per-point.ts';
import { cadenceCost } from '../../src/domain/economics/retraining-cadence.ts';
import type { Attributes } from '../../src/domain/facts/facts.ts';
import { type Measured, readActivity } from '../../src/domain/facts/read-activity.ts';
import { BUCKETS, grossOf } from '../../src/domain/ledger/buckets.ts';
import type { LedgerRow } from '../../src/domain/ledger/ledger-row.ts';
import { displayAmount } from '../../src/domain/money/display-money.ts';
import { PICOS_PER_UNIT } from '../../src/domain/money/picos.ts';
import { costOfOwnership, type OwnedMachine } from '../../src/domain/pricing/cost-of-ownership.ts';
import { perGpuHour } from '../../src/domain/pricing/per-gpu-hour.ts';
import { priceUsage } from '../../src/domain/pricing/price-usage.ts';
import { SECOND_MS } from '../../src/domain/time/window.ts';
import { fractionOf } from '../../src/domain/units/fraction.ts';
import { PARTS_PER_GPU, PPM, TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';
import { HeldMeter } from '../../src/domain/usage/measure-held.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { createContractPriceBook } from '../../src/price-books/contract/create-contract-price-book.ts';
import { parseContractRows } from '../../src/price-books/contract/read-contract-prices.ts';
import { roundParts, roundToStep } from '../../src/reports/round-for-display.ts';
import { EffectiveCostSurvey } from '../../src/sources/focus/survey-effective-cost.ts';
import { HeldDevices } from '../../src/sources/run-meter/held-devices.ts';
import { lostFrom } from '../../src/sources/slurm/attempt-facts.ts';
import type { Attempt } from '../../src/sources/slurm/collect-attempts.ts';
import { placeClaims, spread } from '../../src/sources/slurm/place-claims.ts';
import { readSacctSettings } from '../../src/sources/slurm/sacct-settings.ts';
import { gpuTotals } from '../../src/sources/slurm/sacct-totals.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import {
  billed,
  clock,
  grossCost,
  grossTicks,
  held,
  hours,
  money,
  paid,
  picos,
  sampled,
  seconds,
  sumOf,
  weigh,
  workload,
} from '../support/example-fleet.ts';
import { allocationFact, capacityFact, runFact } from '../support/facts.ts';
import { markedTables } from '../support/marked-tables.ts';
import { SERVING_EXAMPLES } from '../support/serving-examples.ts';
import { NOON, SMALL_PRICE_BOOK, SMALL_SETTINGS, SMALL_WINDOW, smallFleet } from '../support/small-fleet.ts';
import { once } from '../support/weigh-in-store.ts';
import { FLEET_SIMULATION_EXAMPLES } from './fleet-simulation-examples.ts';

/** Every worked example of docs/methodology.md, computed by the product's own functions: all cells of its table, in order. */
const EXAMPLES: Readonly<Record<string, () => string[][] | Promise<string[][]>>> = {
  ...FLEET_SIMULATION_EXAMPLES,

  units: () => [
    ['a whole GPU for an hour', ...timeOf(PARTS_PER_GPU, 60)],
    ['a seventh of a GPU (MIG 1g) for an hour', ...timeOf(PARTS_PER_GPU / 7, 60)],
    ['a quarter of a GPU for ten minutes', ...timeOf(PARTS_PER_GPU / 4, 10)],
  ],

  capacity: () => [
    [
      '09:00–10:00 and 10:00–11:00',
      ...paidFor([
        ['09:00', '10:00'],
        ['10:00', '11:00'],
      ]),
    ],
    [
      '09:00–11:00 and 13:00–14:00, same life',
      ...paidFor(
        [
          ['09:00', '11:00'],
          ['13:00', '14:00'],
        ],
        'node-1@1',
      ),
    ],
    [
      '09:00–11:00 and 13:00–14:00, life unknown',
      ...paidFor([
        ['09:00', '11:00'],
        ['13:00', '14:00'],
      ]),
    ],
    [
      '09:00–11:00 and eight days later 09:00–10:00, same life',
      ...paidFor(
        [
          ['09:00', '11:00'],
          ['201:00', '202:00'],
        ],
        'node-1@1',
      ),
    ],
    ['09:00–11:00 at 2.00 and 10:00–12:00 at 3.00', ...overlapping()],
  ],

  sharing: () => [
    sharedBy('1, 1', [1, 1]),
    sharedBy('1, 1, 1', [1, 1, 1]),
    sharedBy('0.25', [0.25]),
    sharedBy('0.8, 0.6, 0.4', [0.8, 0.6, 0.4]),
  ],

  spread: () => [spreadOver(8, ['a', 'b']), spreadOver(10, ['a', 'b', 'c', 'd']), spreadOver(1, ['a', 'b'])],

  placement: () =>
    placedOnOneNode([
      ['a', '09:00', '12:00', 1],
      ['b', '09:00', '10:00', 2],
      ['c', '10:00', '11:00', 1],
      ['d', '10:30', '13:00', 2],
    ]),

  'stated-checkpoints': () => [statedInterval(null), statedInterval('50m'), statedInterval('2h')],

  basis: () => [
    measured('SM active 0.25, engine active 0.6, GPU_UTIL 1', {
      smActive: 0.25,
      engineActive: 0.6,
      gpuUtil: 1,
    }),
    measured('engine active 0.6, GPU_UTIL 1', { engineActive: 0.6, gpuUtil: 1 }),
    measured('GPU_UTIL 0.9', { gpuUtil: 0.9 }),
    measured('SM active 0.25, GPU_UTIL 0.9', { smActive: 0.25, gpuUtil: 0.9 }),
    measured('nothing', {}),
    measured('GPU_UTIL 1, 4 MiB in use, no process', { gpuUtil: 1, memoryUsedMib: 4, processes: 0 }),
  ],

  holding: () => [heldAtMost(2), heldAtMost(1)],

  buckets: () => bucketsOfAnHour(),

  lost: () => lostByHour(),

  'run-shares': () => runShares(),

  'cost-per-point': () => [pointCost('0.80', '0'), pointCost('0.80', '0.75')],

  cadence: () => [1, 6, 7].map(monthly),
  metered: () => [
    heldByCommand('10 s: 0, 20 s: 1, 30 s: 2'),
    heldByCommand('10 s: 1, 20 s: 0, 30 s: 0'),
    heldByCommand('10 s: 1, 20 s: 0, 30 s: 1'),
    heldByCommand('given to it; 10 s: 0, 20 s: 1'),
  ],

  energy: () => [
    energyOf('360 W at 0, 10, 20, 30, 40 and 50 s', [360, 360, 360, 360, 360, 360]),
    energyOf('360 W at 0 s, 720 W at 10 s, then none', [360, 720]),
    energyOf('360 W at 0 s, unknown at 10 s, 360 W at 20 s', [360, null, 360]),
  ],

  parts: () => {
    const capacity = [paid('gpu-1', '09:00', '10:00')];
    const allocations = ['a', 'b', 'c'].map((id) => held('gpu-1', id, '09:00', '10:00'));
    const rows = weigh({ capacity, allocations }, { prices: { H100: '10.00' } });
    return [
      ...rows.map((row) => [row.workloadId, money(grossCost(row))]),
      ['together', money(sumOf(rows, grossCost))],
    ];
  },

  'list-price': () => [
    listPrice('p5.48xlarge', '55.04', '8', '1'),
    listPrice('Standard_NV6ads_A10_v5', '0.454', '1/6', '1'),
    listPrice('H100-2-80G', '5.46', '2', '1.08'),
  ],

  contract: () => [['6.88', '0.15', discounted('6.88', '0.15')]],

  ownership: () => ownershipTable(),

  purchase: () => purchaseTable(),

  'true-up': () => {
    const capacity = ['gpu-1', 'gpu-2'].map((id) => paid(id, '09:00', '10:00', { resourceKey: 'i-1' }));
    const bill = billed({ from: '09:00', to: '10:00', cost: '6.92', resource: 'i-1', gpuHours: 2 });
    const prices = { H100: '3.41' };
    const before = sumOf(weigh({ capacity }, { prices }), grossCost);
    const rows = weigh({ capacity, charges: [bill] }, { prices });
    const [now, replaced] = [sumOf(rows, grossCost), sumOf(rows, (row) => row.estimateOfBilledPicos)];
    expect(replaced).toBe(before);
    return [[money(before), money(now), money(now - replaced)]];
  },

  'effective-cost': () => [
    verdict('1.25, 0.40, 2.10', '1.25, 0.36, 2.10'),
    verdict('1.25, 0.40, 2.10', '1, 0, 2'),
    verdict('1.25, 0.40, 2.10', '0, 0, 0'),
  ],

  'by-time': () => {
    const bill = billed({ from: '09:00', to: '12:00', cost: '10.00', attributes: { 'tag:team': 'search' } });
    const rows = weigh({ charges: [bill] }, { owners: { team: ['tag:team'] } });
    return rows.map((row) => [timeText(row.hourMs), money(row.directPicos)]);
  },

  shared: () => (['proportional', 'even', 'none'] as const).map(sharedBetween),

  owner: () => [
    ownerOf('', {}, {}, 'no'),
    ownerOf(
      'label:team = search, namespace = apps',
      { 'label:team': 'search', namespace: 'apps' },
      {},
      'yes',
    ),
    ownerOf('namespace = apps', { namespace: 'apps' }, { 'node:team': 'platform' }, 'yes'),
    ownerOf('', {}, { 'node:team': 'platform' }, 'yes'),
    ownerOf('', {}, { 'node:team': 'platform' }, 'no'),
    ownerOf('', {}, {}, 'yes'),
  ],

  reconciliation: async () => {
    const { bill, ledger, difference, estimated, trueUp } = (await smallReport()).reconciliation;
    return [
      ['bill', bill],
      ['ledger, of what is billed', ledger],
      ['difference', difference],
      ['estimated', estimated],
      ['true-up', trueUp],
    ];
  },

  coverage: async () => {
    const { observed, basis, owned, pricedBy } = (await smallReport()).coverage;
    return [
      ['observed', String(observed)],
      ['basis: engine active', String(basis.engineActive)],
      ['priced by the bill', String(pricedBy.bill)],
      ['priced by the price book', String(pricedBy.priceBook)],
      ['unpriced', String(pricedBy.unpriced)],
      ['with a team', String(owned['team'])],
    ];
  },

  'data-health': async () => {
    const { billExplained, pricedBy, services } = await smallReport();
    const cost = Object.fromEntries(pricedBy.map((part) => [part.source, part.cost]));
    return [
      ['cost that a bill explains', String(billExplained)],
      ['cost priced by the bill', cost['bill']!],
      ['cost priced by the price book', cost['priceBook']!],
      ...services.map(({ use, bill }) => [`billed, ${use}`, bill]),
    ];
  },

  call: () =>
    [
      [1_000, 0, 0, 0, 500],
      [1_000, 900, 0, 0, 500],
      [1_000, 0, 600, 200, 0],
      [200_000, 0, 0, 0, 0],
      [200_001, 0, 0, 0, 0],
      [100, 101, 0, 0, 0],
    ].map(callCosts),

  ...SERVING_EXAMPLES,

  display: () => {
    const cent = PICOS_PER_UNIT / 100n;
    const exact = ['4.445', '3.334', '2.2215'].map(picos);
    const whole = exact.reduce((sum, part) => sum + part, 0n);
    const total = roundToStep(whole, cent);
    const together = roundParts(exact, cent, total);
    const inCents = (cents: bigint) => displayAmount(cents * cent);
    return [
      ...exact.map((part, index) => [money(part), displayAmount(part), inCents(together[index]!)]),
      [money(whole), inCents(total), inCents(together.reduce((sum, part) => sum + part, 0n))],
    ];
  },
};

const page = readFileSync(new URL('../../docs/methodology.md', import.meta.url), 'utf8');
const tables = markedTables(page);

describe('docs/methodology.md', () => {
  it('has a marked table for every example here, once, and no other', () => {
    expect(tables.map(({ name }) => name).sort()).toEqual(Object.keys(EXAMPLES).sort());
  });

  test.each(tables)('prints what the code computes: $name', async ({ name, rows }) => {
    expect(rows).toEqual(await EXAMPLES[name]?.());
  });
});

const CALL_RATES = {
  input_mtok: { picos: picos('3'), tiers: [{ above: 200_000, picos: picos('6') }] },
  cache_read_mtok: { picos: picos('0.30'), tiers: [] },
  cache_write_mtok: { picos: picos('3.75'), tiers: [] },
  cache_write_1h_mtok: { picos: picos('6'), tiers: [] },
  output_mtok: { picos: picos('15'), tiers: [] },
};

function callCosts(counts: readonly number[]): string[] {
  const [input = 0, read = 0, written = 0, writtenForAnHour = 0, output = 0] = counts;
  const cost = priceUsage(CALL_RATES, {
    input_tokens: input,
    cache_read_tokens: read,
    cache_write_tokens: written,
    cache_write_1h_tokens: writtenForAnHour,
    output_tokens: output,
  });
  const shown = cost.kind === 'cost' ? money(cost.picos.input + cost.picos.output) : `none: ${cost.kind}`;
  return [...counts.map((count) => count.toLocaleString('en-US')), shown];
}

function timeOf(gpuParts: number, minutes: number): string[] {
  const ticks = BigInt(gpuParts) * BigInt(minutes * 60_000);
  return [ticks.toLocaleString('en-US'), hours(ticks)];
}

function timeText(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

function paidFor(stated: readonly (readonly [string, string])[], nodeLife: string | null = null): string[] {
  const capacity = stated.map(([from, to]) => paid('gpu-1', from, to, { nodeLife }));
  const rows = weigh({ capacity }, { prices: { H100: '2.00' } });
  return [hours(sumOf(rows, grossTicks)), money(sumOf(rows, grossCost))];
}

function overlapping(): string[] {
  const capacity = [paid('gpu-1', '09:00', '11:00'), paid('gpu-1', '10:00', '12:00', { gpuModel: 'H200' })];
  const rows = weigh({ capacity }, { prices: { H100: '2.00', H200: '3.00' } });
  return [hours(sumOf(rows, grossTicks)), money(sumOf(rows, grossCost))];
}

function sharedBy(claims: string, shares: readonly number[]): string[] {
  const allocations = shares.map((share, index) => held('gpu-1', `w${index}`, '09:00', '10:00', { share }));
  const rows = weigh({ capacity: [paid('gpu-1', '09:00', '10:00')], allocations });
  const of = (isHeld: boolean) =>
    rows.filter(({ workloadId }) => (workloadId !== '') === isHeld).map((row) => hours(grossTicks(row)));
  return [claims, of(true).join(', '), of(false)[0] ?? '0'];
}

function measured(text: string, given: Partial<Measured>): string[] {
  const unknown = { smActive: null, engineActive: null, gpuUtil: null, memoryUsedMib: null, processes: null };
  const { busyPpm, effectivePpm, basis, isContradictory } = readActivity({ ...unknown, ...given });
  const fraction = (ppm: number | null) => (ppm === null ? 'unknown' : String(ppm / PPM));
  return [text, fraction(busyPpm), fraction(effectivePpm), isContradictory ? 'contradictory' : basis];
}

function spreadOver(gpus: number, nodes: readonly string[]): string[] {
  const counts = spread({ gpus: [{ type: null, count: gpus }], nodes }).map(({ count }) => count);
  return [String(gpus), nodes.join(', '), counts.join(', ')];
}

function placedOnOneNode(jobs: readonly (readonly [string, string, string, number])[]): string[][] {
  const placed = placeClaims(
    jobs.map(([workloadId, from, to, count]) => ({
      workloadId,
      sinceMs: clock(from),
      startMs: clock(from),
      endMs: clock(to),
      gpus: [{ type: null, count }],
      nodes: ['node-1'],
    })),
  );
  return jobs.map(([name, from, to, count]) => {
    const numbers = placed.filter(({ claim }) => claim.workloadId === name).map(({ index }) => index);
    return [`${name}, ${from}–${to}`, String(count), numbers.join(', ')];
  });
}

function statedInterval(checkpointInterval: string | null): string[] {
  const set = checkpointInterval === null ? undefined : { checkpointInterval };
  const settings = readSacctSettings('example', set ?? {});
  const hold = {
    startMs: clock('09:00'),
    endMs: clock('11:00'),
    knownUntilMs: clock('11:00'),
    nodes: ['node-1'],
  };
  const attempt: Attempt = {
    jobKey: '4711',
    rawId: '4711',
    attempt: 1,
    name: 'train',
    cluster: null,
    array: null,
    state: 'failed',
    stateDetail: 'FAILED',
    partition: null,
    queuedMs: null,
    startMs: hold.startMs,
    endMs: hold.endMs,
    asksForGpus: true,
    holds: [{ ...hold, gpus: [{ type: null, count: 2 }] }],
    attributes: {},
  };
  const { lostGpuHours } = gpuTotals([attempt], settings, createHardwareCatalog(), null);
  const lostMs = lostFrom(attempt, settings)!;
  return [
    checkpointInterval ?? 'not stated',
    new Date(lostMs).toISOString().slice(11, 16),
    String(lostGpuHours),
  ];
}

function heldAtMost(maxHoldIntervals: number): string[] {
  const rows = weigh(
    {
      capacity: [paid('gpu-1', '09:00', '10:00')],
      allocations: [held('gpu-1', 'train', '09:00', '10:00')],
      usage: sampled('gpu-1', ['09:00', '09:10', '09:20', '09:50'], 10, { engine: 1 }),
    },
    { maxHoldIntervals },
  );
  const productive = sumOf(rows, (row) => row.ticks.productive);
  const unobserved = sumOf(rows, (row) => row.ticks.unobserved);
  return [String(maxHoldIntervals), seconds(productive), seconds(unobserved)];
}

function bucketsOfAnHour(): string[][] {
  const rows = weigh(
    {
      capacity: [paid('gpu-1', '09:00', '10:00')],
      allocations: [held('gpu-1', 'train', '09:00', '09:40', { lostFrom: '09:30' })],
      usage: sampled('gpu-1', ['09:00', '09:10', '09:20', '09:30'], 10, { engine: 0.8, sm: 0.5 }),
    },
    { prices: { H100: '3.60' } },
  );
  const row = (name: string, ticks: (row: LedgerRow) => bigint, cost: (row: LedgerRow) => bigint) => [
    name,
    seconds(sumOf(rows, ticks)),
    money(sumOf(rows, cost)),
  ];
  return [
    ...BUCKETS.map((bucket) =>
      row(
        bucket,
        ({ ticks }) => ticks[bucket],
        ({ cost }) => cost[bucket],
      ),
    ),
    row('gross', grossTicks, grossCost),
  ];
}

async function runShares(): Promise<string[][]> {
  const nine = Date.UTC(2026, 9, 14, 9);
  const at = (hour: number) => nine + (hour - 9) * 3_600_000;
  const store = await openDuckDbStore('duckdb::memory:');
  const run = (runId: string, from: number, to: number) =>
    runFact(runId, { workloadId: 'job', startMs: at(from), endMs: at(to) });
  await store.importDataset(
    { name: 'example', kind: 'example', importedAtMs: 0 },
    once({
      capacity: [capacityFact('gpu-1', { startMs: at(9), endMs: at(13) })],
      allocations: [allocationFact('job', 'gpu-1', { startMs: at(9), endMs: at(13) })],
      runs: [run('first run', 9, 11), run('second run', 10, 12)],
    }),
  );
  const list = { fromMs: 0, toMs: null, source: 'price_book' as const, priceDate: '', reference: '' };
  const [key] = await store.priceKeys();
  await store.saveRates([{ key: key!.key, rates: [{ ...list, perGpuHourPicos: 2n * PICOS_PER_UNIT }] }]);
  for (const window of await store.staleWindows(at(13))) await store.buildHours(window, at(13));
  const parts = await store.runParts({ deviceId: 'gpu-1', by: ['run'] });
  await store.close();
  const [outside, ...runs] = parts;
  return [...runs, outside!].map(({ key: { run: name }, ticks, cost }) => [
    name || 'outside any run',
    (Number(grossOf(ticks)) / Number(TICKS_PER_GPU_HOUR)).toFixed(2),
    displayAmount(grossOf(cost)),
  ]);
}

function pointCost(metric: string, baseline: string): string[] {
  const scale = { direction: 'max', baseline: Number(baseline) } as const;
  const perPoint = costPerPoint(100n * PICOS_PER_UNIT, Number(metric), scale);
  return ['100.00', metric, baseline, displayAmount(perPoint!).replace(',', '')];
}

function monthly(days: number): string[] {
  const inputs = { costPerRun: 900, valuePerPointDay: 100, decay: { kind: 'linear', perDay: 0.5 } } as const;
  const { trainingPerDay, lossPerDay, totalPerDay } = cadenceCost(inputs, days);
  const perMonth = (perDay: number) => (Math.round(perDay * DAYS_PER_MONTH * 100) / 100).toFixed(2);
  return [String(days), perMonth(trainingPerDay), perMonth(lossPerDay), perMonth(totalPerDay)];
}

function lostByHour(): string[][] {
  const times = Array.from({ length: 18 }, (_, index) => `${9 + Math.floor(index / 6)}:${(index % 6) * 10}`);
  const rows = weigh({
    capacity: [paid('gpu-1', '09:00', '12:00')],
    allocations: [held('gpu-1', 'train', '09:00', '12:00', { lostFrom: '10:30' })],
    usage: sampled('gpu-1', times, 10, { engine: 0.9, sm: 0.6 }),
  });
  return rows.map(({ hourMs, ticks }) => [
    timeText(hourMs),
    ...(['idle', 'underused', 'lost', 'productive'] as const).map((bucket) => seconds(ticks[bucket])),
  ]);
}

/** Looks as the page words them; the command runs for a minute. */
function heldByCommand(looks: string): string[] {
  const devices = new HeldDevices(0);
  if (looks.startsWith('given')) devices.give(['gpu-1']);
  for (const [, second, own] of looks.matchAll(/(\d+) s: (\d+)/g))
    devices.see('gpu-1', Number(second) * SECOND_MS, Number(own));
  const [span] = devices.spans(60 * SECOND_MS);
  return [looks, String(span!.startMs / SECOND_MS), String(span!.endMs! / SECOND_MS)];
}

/** Powers every ten seconds, of a device that is held for a minute. */
function energyOf(text: string, powers: readonly (number | null)[]): string[] {
  const intervalMs = 10 * SECOND_MS;
  const activity = readActivity({
    smActive: null,
    engineActive: null,
    gpuUtil: null,
    memoryUsedMib: null,
    processes: null,
  });
  const meter = new HeldMeter();
  for (const [place, powerWatts] of powers.entries())
    meter.add({
      deviceId: 'gpu-1',
      atMs: place * intervalMs,
      intervalMs,
      activity,
      memoryUsedMib: null,
      powerWatts,
    });
  const span = {
    workloadId: 'w',
    deviceId: 'gpu-1',
    shareParts: PARTS_PER_GPU,
    startMs: 0,
    endMs: 60 * SECOND_MS,
    lostFromMs: null,
  };
  const { energyWattHours, energyCoverage } = meter.measure([span], 60 * SECOND_MS);
  return [text, String(energyWattHours), String(energyCoverage)];
}

function listPrice(machine: string, amount: string, gpus: string, exchange: string): string[] {
  const [numerator = 1, denominator = 1] = gpus.split('/').map(Number);
  const price = perGpuHour(picos(amount), picos(exchange), fractionOf(numerator / denominator)!);
  return [machine, amount, gpus, exchange, money(price)];
}

/** Through the contract price book, over a price book with one price. */
function discounted(listed: string, discount: string): string {
  const catalog = createHardwareCatalog();
  const window = { fromMs: clock('09:00'), toMs: clock('10:00') };
  const base = {
    name: 'example',
    rates: () => [
      {
        ...window,
        perGpuHourPicos: picos(listed),
        source: 'price_book' as const,
        priceDate: '2026-10-01',
        reference: 'example',
      },
    ],
  };
  const { prices, rejects } = parseContractRows(
    [{ provider: 'aws', discount, from: '2026-01-01' }],
    'example',
    catalog,
  );
  expect(rejects).toEqual([]);
  const key = {
    provider: 'aws',
    region: null,
    instanceType: null,
    gpuModel: 'H100',
    lifecycle: 'on_demand',
  } as const;
  const [rate] = createContractPriceBook(prices, base, catalog).rates(
    { ...key, node: null, pool: null },
    window,
    'USD',
  );
  return money(rate!.perGpuHourPicos);
}

function ownershipTable(): string[][] {
  const nothing = { capitalPicos: 0n, residualPicos: 0n, tariffPicos: 0n, colocationPerMonthPicos: 0n };
  const whole: OwnedMachine = {
    gpus: 1,
    capitalPicos: picos('250000'),
    residualPicos: picos('25000'),
    yearsPicos: picos('5'),
    powerWattsPicos: picos('10200'),
    averageDrawPicos: picos('0.8'),
    puePicos: picos('1.3'),
    tariffPicos: picos('0.12'),
    colocationPerMonthPicos: picos('1200'),
    otherPerMonthPicos: 0n,
    supportPerYearPicos: picos('9000'),
  };
  const { capitalPicos, residualPicos, tariffPicos, ...rest } = whole;
  const only = (parts: Partial<OwnedMachine>) =>
    money(costOfOwnership({ ...whole, ...nothing, supportPerYearPicos: 0n, ...parts }));
  const perGpu = { ...whole, gpus: 8 };
  return [
    ['(250,000 − 25,000) ÷ (5 × 8760)', only({ capitalPicos, residualPicos })],
    ['10.2 × 0.8 × 1.3 × 0.12', only({ tariffPicos })],
    ['(12 × 1,200 + 9,000) ÷ 8760', only({ ...nothing, ...pick(rest) })],
    ['the machine', money(costOfOwnership(whole))],
    ['÷ 8: a GPU', money(costOfOwnership(perGpu))],
    ['paid off: a GPU', money(costOfOwnership(perGpu, { isPaidOff: true }))],
  ];
}

function pick({
  colocationPerMonthPicos,
  supportPerYearPicos,
}: Partial<OwnedMachine>): Partial<OwnedMachine> {
  return { colocationPerMonthPicos: colocationPerMonthPicos!, supportPerYearPicos: supportPerYearPicos! };
}

function purchaseTable(): string[][] {
  const ends = ['10:00', '10:00', '10:00', '10:00', '10:00', '10:00', '09:30'];
  const capacity = ends.map((to, index) => paid(`gpu-${index}`, '09:00', to, { resourceKey: 'i-1' }));
  const bill = billed({ from: '09:00', to: '10:00', cost: '27.68', resource: 'i-1', gpuHours: 8 });
  const rows = weigh({ capacity, charges: [bill] });
  const line = (name: string, found: readonly LedgerRow[]) => [
    name,
    hours(sumOf(found, grossTicks)),
    money(sumOf(found, grossCost)),
  ];
  return [
    line(
      'gpu-0',
      rows.filter(({ deviceId }) => deviceId === 'gpu-0'),
    ),
    line(
      'gpu-0 to gpu-5',
      rows.filter(({ deviceId }) => /^gpu-[0-5]$/.test(deviceId)),
    ),
    line(
      'gpu-6',
      rows.filter(({ deviceId }) => deviceId === 'gpu-6'),
    ),
    line(
      'i-1, seen by nobody',
      rows.filter(({ deviceId }) => deviceId === 'i-1'),
    ),
    line('the bill', rows),
  ];
}

function verdict(billedTexts: string, effectiveTexts: string): string[] {
  const effective = effectiveTexts.split(', ').map(picos);
  const survey = new EffectiveCostSurvey();
  const costs = billedTexts.split(', ').map(picos);
  for (const [index, billedPicos] of costs.entries()) {
    const usage = { provider: 'A', chargeCategory: 'Usage', hasCommitment: false };
    survey.look({ ...usage, billedPicos, effectivePicos: effective[index]! });
  }
  const found = survey.verdict('A');
  const counted = found === 'trusted' ? effective : costs;
  const column = found === 'trusted' ? 'EffectiveCost' : 'BilledCost';
  return [
    billedTexts,
    effectiveTexts,
    found,
    `${column}, ${money(counted.reduce((sum, cost) => sum + cost, 0n))}`,
  ];
}

function sharedBetween(rule: 'proportional' | 'even' | 'none'): string[] {
  const devices = { a: '4.00', b: '2.00', c: '2.00', d: '2.00' };
  const rows = weigh(
    {
      capacity: Object.keys(devices).map((id) => paid(id, '09:00', '10:00', { gpuModel: id })),
      workloads: [
        workload('llm', { 'label:team': 'search' }),
        workload('embedder', { 'label:team': 'search' }),
        workload('sweep', { 'label:team': 'ranking' }),
      ],
      allocations: [
        held('a', 'llm', '09:00', '10:00'),
        held('b', 'embedder', '09:00', '10:00'),
        held('c', 'sweep', '09:00', '10:00'),
      ],
      charges: [billed({ from: '09:00', to: '10:00', cost: '12.00' })],
    },
    { prices: devices, owners: { team: ['label:team'] }, shared: rule },
  );
  const of = (team: string) =>
    money(
      sumOf(
        rows.filter((row) => row.team === team),
        ({ sharedPicos }) => sharedPicos,
      ),
    );
  return [rule, of('search'), of('ranking'), of('nobody')];
}

function ownerOf(shown: string, attributes: Attributes, node: Attributes, isHeld: 'yes' | 'no'): string[] {
  const [row] = weigh(
    {
      capacity: [paid('gpu-1', '09:00', '10:00', { attributes: node })],
      workloads: [workload('w', attributes)],
      allocations: isHeld === 'yes' ? [held('gpu-1', 'w', '09:00', '10:00')] : [],
    },
    { owners: { team: ['label:team', 'node:team', 'namespace'] } },
  );
  const nodeText = Object.entries(node).map(([name, value]) => `${name} = ${value}`)[0] ?? '';
  return [isHeld, shown, nodeText, row!.team];
}

async function smallReport() {
  const store = await openDuckDbStore('duckdb::memory:');
  const tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [SMALL_PRICE_BOOK],
    settings: SMALL_SETTINGS,
    clock: { nowMs: () => NOON },
    listFiles: async (paths) => paths,
  });
  try {
    await store.importDataset({ name: 'example', kind: 'usage', importedAtMs: NOON }, once(smallFleet()));
    return await tare.reportHealth(SMALL_WINDOW);
  } finally {
    await tare.close();
  }
}
