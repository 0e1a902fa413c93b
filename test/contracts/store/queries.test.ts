import { beforeAll, describe, expect, it } from 'vitest';
import { grossOf } from '../../../src/domain/ledger/buckets.ts';
import { PICOS_PER_UNIT } from '../../../src/domain/money/picos.ts';
import type { Rate } from '../../../src/domain/pricing/price.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time/window.ts';
import { PARTS_PER_GPU, TICKS_PER_GPU_HOUR } from '../../../src/domain/units/gpu-time.ts';
import {
  CHARGE_DIMENSIONS,
  LEDGER_DIMENSIONS,
  type LedgerDimension,
  type Store,
} from '../../../src/ports/store.ts';
import { allocationFact, capacityFact, chargeFact, samplesOf, workloadFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';
import { textsOf } from '../../support/whole-ledger.ts';

const START = Date.UTC(2026, 9, 13, 22);
const UNTIL = START + 6 * HOUR_MS;
const WINDOW = { fromMs: START, toMs: UNTIL };
const WHOLE_DAYS = { fromMs: Date.UTC(2026, 9, 13), toMs: Date.UTC(2026, 9, 15) };

/** Names that people give, and names that nobody should be able to do harm with. */
const ODD = [
  `a'b\\c/ü`,
  `"double" and 'single'`,
  `'); DROP TABLE ledger; --`,
  'line\nbreak\tand tab',
  '日本 🚀 ñ',
  `\\'\\`,
  'null',
  '%_${x}',
];
const TAG = `cost/centre's "ü" ~1\\`;
const OWNERS = { team: ['label:team'], environment: ['label:env'], [TAG]: ['label:tag'] };

const RATES: readonly Rate[] = [
  {
    fromMs: 0,
    toMs: null,
    perGpuHourPicos: 4n * PICOS_PER_UNIT,
    source: 'price_book',
    priceDate: '2026-10-01',
    reference: `it's "listed"`,
  },
];

/** One device for each odd name, which is also its workload's, team's, node's, pool's and tag's; the last has no price. */
function oddFleet() {
  const interval = { startMs: START, endMs: UNTIL };
  return {
    capacity: ODD.map((name, index) =>
      capacityFact(`gpu ${name}`, {
        ...interval,
        node: name,
        pool: name,
        region: name,
        gpuModel: index === ODD.length - 1 ? 'unheard of' : 'H100-SXM5-80GB',
        instanceType: name,
      }),
    ),
    workloads: ODD.map((name) =>
      workloadFact(`id ${name}`, {
        name,
        kind: 'inference',
        attributes: { 'label:team': name, 'label:env': name, 'label:tag': name },
      }),
    ),
    allocations: ODD.map((name) => allocationFact(`id ${name}`, `gpu ${name}`, interval)),
    usage: ODD.flatMap((name) =>
      samplesOf(`gpu ${name}`, { fromMs: START, toMs: UNTIL, intervalMs: 10 * MINUTE_MS }),
    ),
    charges: ODD.map((name) =>
      chargeFact({
        where: `${name}:2`,
        startMs: START,
        endMs: START + HOUR_MS,
        costPicos: 7n,
        provider: name,
        subAccountId: name,
        serviceName: name,
        chargeDescription: name,
        resourceId: name,
        skuId: name,
        attributes: { 'label:team': name },
      }),
    ),
  };
}

onEveryEngine('queries', (engine) => {
  let store: Store;

  beforeAll(async () => {
    store = await engine.open();
    await store.importDataset({ name: `file:${ODD[0]}`, kind: 'test', importedAtMs: 5 }, once(oddFleet()));
    await settle(store, new Map([['H100-SXM5-80GB', RATES]]), OWNERS);
    await buildAll(store, UNTIL);
    return () => store.close();
  });

  const named: readonly LedgerDimension[] = [
    'team',
    'workload',
    'environment',
    'node',
    'pool',
    'region',
    `tag:${TAG}`,
  ];
  it.each(named)('tells odd names apart by %s', async (dimension) => {
    const rows = await store.ledger({ window: WINDOW, by: [dimension] });
    expect(rows.map(({ key }) => key[dimension])).toEqual(expect.arrayContaining([...ODD]));
    for (const name of ODD) {
      const filtered = await store.ledger({
        window: WINDOW,
        by: [dimension],
        filters: [{ dimension, values: [name] }],
      });
      expect(filtered.map(({ key }) => key[dimension])).toEqual([name]);
      expect(textsOf(filtered)).toEqual(textsOf(rows.filter(({ key }) => key[dimension] === name)));
    }
  });

  const everyDimension: readonly LedgerDimension[] = [...LEDGER_DIMENSIONS, `tag:${TAG}`, 'tag:nobody-knows'];
  it.each(everyDimension)('filters by what it groups by: %s', async (dimension) => {
    const window = WHOLE_DAYS;
    const rows = await store.ledger({ window, by: [dimension] });
    expect(rows.length).toBeGreaterThan(0);
    const [total] = await store.ledger({ window, by: [] });
    expect(rows.reduce((sum, { ticks }) => sum + grossOf(ticks), 0n)).toBe(grossOf(total!.ticks));
    for (const row of rows.slice(0, 3)) {
      const filters = [{ dimension, values: [row.key[dimension]!] }];
      expect(textsOf(await store.ledger({ window, by: [dimension], filters }))).toEqual(textsOf([row]));
    }
    const values = rows.map(({ key }) => key[dimension]!);
    const all = await store.ledger({ window, by: [dimension], filters: [{ dimension, values }] });
    expect(textsOf(all)).toEqual(textsOf(rows));
    const none = [{ dimension, values: [] }];
    expect(await store.ledger({ window, by: [dimension], filters: none })).toEqual([]);
    const unknown = [{ dimension, values: ['of no row'] }];
    expect(await store.ledger({ window, by: [dimension], filters: unknown })).toEqual([]);
  });

  it('answers nothing about no time at all', async () => {
    const nothing = { fromMs: START, toMs: START };
    expect(await store.ledger({ window: nothing, by: ['team'] })).toEqual([]);
    expect(await store.charges({ window: nothing, by: ['provider'] })).toEqual([]);
    expect(await store.unpriced(nothing)).toEqual([]);
    expect(await store.reconcileServices(nothing)).toEqual([]);
    const sums = { billPicos: 0n, ledgerPicos: 0n, estimatedPicos: 0n };
    expect(await store.reconcile(nothing)).toMatchObject(sums);
  });

  it.each(CHARGE_DIMENSIONS)('adds up charges by %s', async (dimension) => {
    const rows = await store.charges({ window: WINDOW, by: [dimension] });
    expect(rows.reduce((sum, row) => sum + row.rows, 0)).toBe(ODD.length);
    expect(rows.reduce((sum, { costPicos }) => sum + costPicos, 0n)).toBe(7n * BigInt(ODD.length));
    const odd = ['provider', 'account', 'service', 'sku', 'resource', 'team'];
    if (odd.includes(dimension))
      expect(rows.map(({ key }) => key[dimension]).sort()).toEqual([...ODD].sort());
  });

  it('lists what has no price, and the time that cost nothing known', async () => {
    const last = ODD.at(-1)!;
    expect(await store.unpriced(WINDOW)).toEqual([
      {
        gpuModel: 'unheard of',
        provider: 'aws',
        instanceType: last,
        lifecycle: 'on_demand',
        ticks: 6n * TICKS_PER_GPU_HOUR,
      },
    ]);
    const [total] = await store.ledger({ window: WINDOW, by: [] });
    expect(total).toMatchObject({ unpricedTicks: 6n * TICKS_PER_GPU_HOUR });
    expect(grossOf(total!.cost)).toBe(BigInt(ODD.length - 1) * 6n * 4n * PICOS_PER_UNIT);
    expect(total!.estimatedPicos).toBe(grossOf(total!.cost));
  });

  it('shows everything behind a device-hour', async () => {
    const name = ODD[0]!;
    const hourMs = START + 2 * HOUR_MS;
    const evidence = await store.evidence(`gpu ${name}`, hourMs);
    const dataset = `file:${name}`;
    expect(evidence.slots).toEqual([
      {
        startMs: hourMs,
        endMs: hourMs + HOUR_MS,
        node: name,
        gpuModel: 'H100-SXM5-80GB',
        gpuParts: PARTS_PER_GPU,
        lifecycle: 'on_demand',
        priceSource: 'price_book',
        perGpuHourPicos: 4n * PICOS_PER_UNIT,
        priceDate: '2026-10-01',
        priceReference: `it's "listed"`,
        capacityDataset: dataset,
      },
    ]);
    expect(evidence.allocations).toMatchObject([{ workloadId: `id ${name}`, workload: name, dataset }]);
    expect(evidence.samples).toHaveLength(12);
    expect(evidence.samples[0]).toEqual({
      atMs: hourMs - HOUR_MS,
      intervalMs: 10 * MINUTE_MS,
      busyPpm: 500_000,
      effectivePpm: 500_000,
      basis: 'engine_active',
      isContradictory: false,
      dataset,
    });
    expect(evidence.rows).toMatchObject([{ key: { workload: name, team: name } }]);
    expect(grossOf(evidence.rows[0]!.ticks)).toBe(TICKS_PER_GPU_HOUR);
    expect(await store.evidence(`gpu ${name}' OR ''='`, hourMs)).toEqual({
      slots: [],
      allocations: [],
      isRolledUp: false,
      samples: [],
      charges: [],
      rows: [],
    });
  });

  it('knows how far its facts and its ledger reach', async () => {
    expect(await store.extent()).toEqual({
      ledger: WINDOW,
      newest: {
        usageMs: UNTIL - 10 * MINUTE_MS,
        capacityMs: UNTIL,
        allocationMs: UNTIL,
        chargeMs: START + HOUR_MS,
        runMs: null,
        trafficMs: null,
        requestMs: null,
      },
    });
  });

  it('keeps notes and what was read, whatever stands in them', async () => {
    expect(await store.readNote('never written')).toBeUndefined();
    for (const text of [...ODD, '']) {
      await store.writeNote(ODD[2]!, text);
      await store.writeNote(text || 'empty', 'another');
      expect(await store.readNote(ODD[2]!)).toBe(text === ODD[2] ? 'another' : text);
    }
    const reading = {
      rowsRead: 120_000,
      rejects: ODD.map((message) => ({ where: `a.csv:2:${message}`, code: 'odd', message })),
      warnings: [{ code: 'odd', message: ODD[0]!, count: 3 }],
    };
    const name = `file:${ODD[0]}`;
    await store.recordReading(name, reading as never);
    await store.recordReading('a dataset that nobody imported', reading as never);
    const { charges, usage, capacity, allocations, workloads } = oddFleet();
    const facts = [charges, usage, capacity, allocations, workloads].reduce(
      (sum, some) => sum + some.length,
      0,
    );
    expect(await store.datasets()).toEqual([
      { name, kind: 'test', importedAtMs: 5, facts, firstMs: START, lastMs: UNTIL, ...reading },
    ]);
  });
});

onEveryEngine('money', (engine) => {
  const BIGGEST = 10n ** 37n;
  const TRILLION = 10n ** 12n * PICOS_PER_UNIT;
  const day = { fromMs: START, toMs: START + DAY_MS };

  async function withCharges(
    costs: readonly bigint[],
    endMs: number,
    check: (store: Store) => Promise<void>,
  ): Promise<void> {
    const store = await engine.open();
    try {
      const charges = costs.map((costPicos) => chargeFact({ startMs: START, endMs, costPicos }));
      await store.importDataset({ name: 'bill', kind: 'test', importedAtMs: 0 }, once({ charges }));
      await settle(store, new Map(), OWNERS);
      await check(store);
    } finally {
      await store.close();
    }
  }

  describe('is exact', () => {
    it('in sums of 38 digits', async () => {
      const costs = [BIGGEST - 1n, BIGGEST, 8n * BIGGEST - 9n, -1n];
      await withCharges(costs, START + HOUR_MS, async (store) => {
        const [total] = await store.charges({ window: day, by: [] });
        expect(total!.costPicos.toString()).toHaveLength(38);
        expect(total).toMatchObject({
          rows: 4,
          costPicos: 10n * BIGGEST - 11n,
          billedPicos: 10n * BIGGEST - 11n,
        });
      });
    });

    it.each([
      { title: 'a trillion a month', costs: [TRILLION + 1n], hours: 720 },
      { title: 'a credit', costs: [-TRILLION - 7n], hours: 7 },
      { title: 'a charge and its reversal', costs: [1_000_000_007n, -1_000_000_007n], hours: 3 },
      { title: 'a one-time charge with an empty period', costs: [13n, -5n], hours: 0 },
      {
        title: 'many tiny charges',
        costs: Array.from({ length: 1_000 }, (_, index) => BigInt(index % 7) - 2n),
        hours: 5,
      },
    ])('spread over hours: $title', async ({ costs, hours }) => {
      const endMs = START + hours * HOUR_MS;
      await withCharges(costs, endMs, async (store) => {
        const untilMs = Math.max(endMs, START + HOUR_MS);
        await buildAll(store, untilMs);
        const sum = costs.reduce((total, cost) => total + cost, 0n);
        const window = { fromMs: START, toMs: untilMs };
        const rows = await store.ledger({ window, by: ['hour'] });
        expect(rows.reduce((total, { sharedPicos }) => total + sharedPicos, 0n)).toBe(sum);
        const { billPicos, ledgerPicos } = await store.reconcile(window);
        expect([billPicos, ledgerPicos]).toEqual([sum, sum]);
        // Every hour has its share by time, rounded by less than one.
        const share = sum / BigInt(Math.max(1, hours));
        for (const { sharedPicos } of rows) {
          const apart = sharedPicos - share;
          expect(apart >= -1n && apart <= 1n).toBe(true);
        }
      });
    });
  });
});
