import type { ClickHouseClient } from '@clickhouse/client';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Rate } from '../../../src/domain/pricing/price.ts';
import type { TimeWindow } from '../../../src/domain/time/window.ts';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import type { Store } from '../../../src/ports/store.ts';
import { openClickHouseStoreWith } from '../../../src/stores/clickhouse/clickhouse-store.ts';
import { CHANGING_OWNERS, CHANGING_UNTIL, datasetOf } from '../../support/changing-datasets.ts';
import { connectInProcess, whyNoClickHouse } from '../../support/engines.ts';
import { capacityFact, samplesOf } from '../../support/facts.ts';
import { type MortalClient, mortalClient } from '../../support/mortal-client.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';
import { wholeLedger } from '../../support/whole-ledger.ts';

/**
 * ClickHouse has no transactions over several statements, so what the store does there must be safe to be cut off after any of them.
 * These tests cut it off after each one in turn, open the store anew, and look.
 */
const missing = whyNoClickHouse();
const DATABASE = 'tare_killed';
const TABLES = [
  'capacity',
  'workload',
  'allocation',
  'usage',
  'charge',
  'evidence',
  'place',
  'attribute_set',
];
/** Deleting rows is slow in ClickHouse; `TARE_KILL_STRIDE=1` tries every statement of everything, not of imports alone. */
const STRIDE = Number(process.env['TARE_KILL_STRIDE'] ?? 3);
const MODEL = 'H100-SXM5-80GB';

function ratesAt(perGpuHourPicos: bigint): ReadonlyMap<string, readonly Rate[]> {
  const rate = { fromMs: 0, toMs: null, priceDate: '2026-10-01', reference: 'list' };
  return new Map([[MODEL, [{ ...rate, source: 'price_book', perGpuHourPicos }]]]);
}

const RATES = ratesAt(3_410_000_000_001n);

describe.skipIf(missing !== null)(`killed after any statement${missing ? ` (${missing})` : ''}`, () => {
  let client: ClickHouseClient;

  beforeAll(async () => {
    client = await connectInProcess(':memory:');
    return () => client.close();
  });

  beforeEach(async () => {
    await client.command({ query: `CREATE DATABASE ${DATABASE}` });
    await client.command({ query: `USE ${DATABASE}` });
    return async () => {
      await client.command({ query: `DROP DATABASE ${DATABASE}` });
    };
  });

  async function open(): Promise<{ store: Store; life: MortalClient }> {
    // What a table of the Memory engine held is gone with its process.
    const scratch = await rows(
      `SELECT name FROM system.tables WHERE database = '${DATABASE}' AND engine = 'Memory'`,
    );
    for (const { name } of scratch) await client.command({ query: `TRUNCATE TABLE ${name}` });
    // The fewer parts a table has, the faster rows are deleted from it.
    const kept = await rows(
      `SELECT name FROM system.tables WHERE database = '${DATABASE}' AND engine = 'MergeTree'`,
    );
    for (const { name } of kept) await client.command({ query: `OPTIMIZE TABLE "${name}" FINAL` });
    const life = mortalClient(client);
    const store = await openClickHouseStoreWith(life.client, `clickhouse://in-process/${DATABASE}`);
    return { store, life };
  }

  async function rows(query: string): Promise<Record<string, unknown>[]> {
    return (await client.query({ query, format: 'JSONEachRow' })).json();
  }

  async function factsHeld(): Promise<string> {
    const tables = await Promise.all(TABLES.map((table) => rows(`SELECT * FROM "${table}" ORDER BY ALL`)));
    const datasets = await rows('SELECT name, facts FROM dataset ORDER BY name');
    return JSON.stringify([tables, datasets]);
  }

  async function nothingIsStale(): Promise<void> {
    await client.command({ query: 'TRUNCATE TABLE stale' });
  }

  /**
   * Runs the work again and again, and dies after its first, second, third … statement that changes what a store keeps; with a
   * stride, after the first, the one that many further on, and so forth.
   */
  async function dyingAfterEach(
    work: (store: Store) => Promise<unknown>,
    check: (store: Store) => Promise<void>,
    stride = 1,
  ): Promise<number> {
    let kills = 0;
    for (let last = 1; ; last += stride) {
      const { store, life } = await open();
      let kept = 0;
      life.dieAfter((_, statement) => {
        kept += changesWhatIsKept(statement) ? 1 : 0;
        return kept === last;
      });
      const outcome = await work(store).then(
        () => 'finished',
        () => 'failed',
      );
      await check((await open()).store);
      if (!life.isDead()) {
        expect(outcome).toBe('finished');
        return kills;
      }
      kills += 1;
    }
  }

  async function importVersion(store: Store, version: number): Promise<void> {
    const { name, facts } = datasetOf(version);
    await store.importDataset({ name, kind: 'test', importedAtMs: 0 }, once(facts));
  }

  async function bringUpToDate(store: Store): Promise<void> {
    await settle(store, RATES, CHANGING_OWNERS);
    await buildAll(store, CHANGING_UNTIL);
  }

  async function expectToBeStale(store: Store, hours: readonly number[]): Promise<void> {
    const stale = await store.staleWindows(CHANGING_UNTIL);
    expect(hours.filter((hour) => !covers(stale, hour))).toEqual([]);
  }

  it('an import lands whole or not at all, and what it changed is built again', async () => {
    // The same dataset twice: one states capacity and the other does not, and every kind of fact differs.
    const versions = [16, 8];
    const { store: first } = await open();
    for (const version of [1, 2, 3, 8, 16]) await importVersion(first, version);
    await bringUpToDate(first);
    const ledgers = [await wholeLedger(first)];
    await importVersion(first, 8);
    await bringUpToDate(first);
    ledgers.push(await wholeLedger(first));
    await importVersion(first, 16);
    const held = [await factsHeld()];
    await importVersion(first, 8);
    held.push(await factsHeld());
    await nothingIsStale();
    const changedHours = hoursThatDiffer(ledgers[0]!, ledgers[1]!);
    expect(changedHours.length).toBeGreaterThan(2);

    // Where it lands decides which way the next one goes.
    let next = 0;
    let landed = 0;
    const kills = await dyingAfterEach(
      (store) => importVersion(store, versions[next]!),
      async (store) => {
        const now = await factsHeld();
        if (now === held[next]) {
          await expectToBeStale(store, changedHours);
          landed += 1;
          next = 1 - next;
        } else {
          expect(now).toBe(held[1 - next]);
        }
        await nothingIsStale();
      },
    );
    expect(kills).toBeGreaterThan(20);
    expect(landed).toBeGreaterThan(kills - 8);
  }, 600_000);

  it('builds again what it was building', async () => {
    const { store: first } = await open();
    for (const version of [1, 2, 3, 8]) await importVersion(first, version);
    await bringUpToDate(first);
    const expected = await wholeLedger(first);
    const nothingIsBuilt = async () => {
      for (const table of ['ledger', 'ledger_day', 'stale']) {
        await client.command({ query: `TRUNCATE TABLE ${table}` });
      }
      await client.command({ query: `INSERT INTO stale VALUES (0, 9007199254740991, 1)` });
    };
    await nothingIsBuilt();
    const kills = await dyingAfterEach(
      async (store) => {
        const [whole] = await store.staleWindows(CHANGING_UNTIL);
        const middleMs = whole!.fromMs + 3 * HOUR_MS;
        await store.buildHours({ fromMs: whole!.fromMs, toMs: middleMs }, CHANGING_UNTIL);
        await store.buildHours({ fromMs: middleMs, toMs: whole!.toMs }, CHANGING_UNTIL);
      },
      async (store) => {
        await buildAll(store, CHANGING_UNTIL);
        expect(await wholeLedger(store)).toEqual(expected);
        await nothingIsBuilt();
      },
      STRIDE,
    );
    expect(kills).toBeGreaterThan(12 / STRIDE);
  });

  it('rolls samples up as if nothing had happened', async () => {
    const start = Date.UTC(2026, 9, 13);
    const end = start + 5 * HOUR_MS;
    const settings = { currency: 'USD', shared: 'none', maxHoldIntervals: 2 } as const;
    const usage = samplesOf('gpu-a', { fromMs: start, toMs: end, engineActive: 0.123457 });
    const uneven = usage.map((fact, index) => ({
      ...fact,
      activity: { ...fact.activity, busyPpm: fact.activity.busyPpm! + (index % 7) },
    }));
    const bring = async (store: Store) => {
      await store.importDataset(
        { name: 'test:minutes', kind: 'test', importedAtMs: 0 },
        once({ capacity: [capacityFact('gpu-a', { startMs: start, endMs: end })], usage: uneven }),
      );
      await settle(store, RATES, {});
      await buildAll(store, end);
    };
    const { store: first } = await open();
    await first.saveSettings(settings);
    await bring(first);
    const expected = await wholeLedger(first);
    const kills = await dyingAfterEach(
      (store) => store.rollUpSamples(end),
      async (store) => {
        const held = async () => Number((await rows('SELECT count() AS n FROM "usage"'))[0]!['n']);
        expect([300, 67]).toContain(await held());
        while ((await store.rollUpSamples(end)) !== null);
        // Three hours of two stretches, one whose sum divides evenly; the last hour has nothing behind it.
        expect(await held()).toBe(3 * 2 + 1 + 60);
        await store.saveSettings({ ...settings, maxHoldIntervals: 3 });
        await store.saveSettings(settings);
        await buildAll(store, end);
        expect(await wholeLedger(store)).toEqual(expected);
        await bring(store);
      },
      STRIDE,
    );
    expect(kills).toBeGreaterThan(3 / STRIDE);
  }, 600_000);

  it('loses no owner, price, note or dataset while it replaces one', async () => {
    const { store: first } = await open();
    for (const version of [1, 2, 3, 8]) await importVersion(first, version);
    await bringUpToDate(first);
    const names = (await first.datasets()).map(({ name }) => name);
    const sets = await first.attributeSets();
    const ledger = await wholeLedger(first);
    const change = async (store: Store, isOther: boolean) => {
      await store.writeNote('mark', isOther ? 'a' : 'b');
      await store.recordReading(names[0]!, { rowsRead: isOther ? 1 : 2, rejects: [], warnings: [] });
      await settle(
        store,
        isOther ? ratesAt(9_000_000_000_000n) : RATES,
        isOther ? { team: ['tag:team'] } : CHANGING_OWNERS,
      );
    };
    const settled = async () =>
      JSON.stringify([
        await rows('SELECT set_key, team, owner FROM attribute_set ORDER BY ALL'),
        await rows('SELECT price_key_id, from_ms, to_ms, per_gpu_hour_picos FROM rate ORDER BY ALL'),
      ]);
    await change(first, true);
    const expected = [await settled()];
    await buildAll(first, CHANGING_UNTIL);
    const changedHours = hoursThatDiffer(ledger, await wholeLedger(first));
    expect(changedHours.length).toBeGreaterThan(2);
    await change(first, false);
    expected.push(await settled());
    await nothingIsStale();

    let turn = 0;
    const kills = await dyingAfterEach(
      (store) => change(store, turn % 2 === 0),
      async (store) => {
        expect((await store.datasets()).map(({ name }) => name)).toEqual(names);
        expect(await store.attributeSets()).toEqual(sets);
        expect(['a', 'b']).toContain(await store.readNote('mark'));
        await change(store, turn % 2 === 0);
        expect(await settled()).toBe(expected[turn % 2]);
        await expectToBeStale(store, changedHours);
        await nothingIsStale();
        turn += 1;
      },
      STRIDE,
    );
    expect(kills).toBeGreaterThan(10 / STRIDE);
  });

  it('knows its settings, or that they changed', async () => {
    const { store: first } = await open();
    await importVersion(first, 8);
    await first.saveSettings({ currency: 'USD', shared: 'none', maxHoldIntervals: 1 });
    await nothingIsStale();
    await dyingAfterEach(
      // To the settings that a store has before it is told any.
      (store) => store.saveSettings({ currency: 'USD', shared: 'proportional', maxHoldIntervals: 2 }),
      async (store) => {
        await store.saveSettings({ currency: 'USD', shared: 'proportional', maxHoldIntervals: 2 });
        expect(await store.staleWindows(CHANGING_UNTIL)).toHaveLength(1);
        await store.saveSettings({ currency: 'USD', shared: 'none', maxHoldIntervals: 1 });
        await nothingIsStale();
      },
    );
  });
});

/** Staging and scratch tables are made anew by whoever needs them. */
function changesWhatIsKept(statement: string): boolean {
  return !/^\s*(DROP TABLE|CREATE TABLE|USE|(INSERT INTO|DELETE FROM) (stage|changed|w)_)/.test(statement);
}

function hoursThatDiffer(a: readonly string[], b: readonly string[]): number[] {
  const hourOf = (row: string) => Date.parse(/"hour":"([^"]+)"/.exec(row)![1]!);
  const [inA, inB] = [new Set(a), new Set(b)];
  const different = [...a.filter((row) => !inB.has(row)), ...b.filter((row) => !inA.has(row))];
  return [...new Set(different.map(hourOf))].sort();
}

function covers(windows: readonly TimeWindow[], hourMs: number): boolean {
  return windows.some(({ fromMs, toMs }) => fromMs <= hourMs && hourMs + HOUR_MS <= toMs);
}
