import type { ClickHouseClient } from '@clickhouse/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rate } from '../../../src/domain/pricing/price.ts';
import type { TimeWindow } from '../../../src/domain/time/window.ts';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import type { Store } from '../../../src/ports/store.ts';
import { openClickHouseStoreWith } from '../../../src/stores/clickhouse/clickhouse-store.ts';
import { openDuckDbStore } from '../../../src/stores/duckdb/duckdb-store.ts';
import { CHANGING_OWNERS, CHANGING_UNTIL, datasetOf } from '../../support/changing-datasets.ts';
import { connectInProcess, whyNoClickHouse } from '../../support/engines.ts';
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
const RATES = new Map<string, readonly Rate[]>([
  [
    'H100-SXM5-80GB',
    [
      {
        fromMs: 0,
        toMs: null,
        perGpuHourPicos: 3_410_000_000_001n,
        source: 'price_book',
        priceDate: '2026-10-01',
        reference: 'list',
      },
    ],
  ],
]);

describe.skipIf(missing !== null)(`killed after any statement${missing ? ` (${missing})` : ''}`, () => {
  let client: ClickHouseClient;

  beforeAll(async () => {
    client = await connectInProcess(':memory:');
    await client.command({ query: `CREATE DATABASE ${DATABASE}` });
    await client.command({ query: `USE ${DATABASE}` });
    return () => client.close();
  });

  async function open(): Promise<{ store: Store; life: MortalClient }> {
    // What a table of the Memory engine held is gone with its process.
    const scratch = await rows(
      `SELECT name FROM system.tables WHERE database = '${DATABASE}' AND engine = 'Memory'`,
    );
    for (const { name } of scratch) await client.command({ query: `TRUNCATE TABLE ${name}` });
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

  /** Runs the work once for each of its statements that changes what a store keeps, and dies after that one. */
  async function dyingAfterEach(
    work: (store: Store) => Promise<unknown>,
    check: (store: Store) => Promise<void>,
  ): Promise<number> {
    for (let last = 1; ; last++) {
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
      const reopened = (await open()).store;
      await check(reopened);
      if (!life.isDead()) {
        expect(outcome).toBe('finished');
        return last - 1;
      }
    }
  }

  async function importVersion(store: Store, version: number): Promise<void> {
    const { name, facts } = datasetOf(version);
    await store.importDataset({ name, kind: 'test', importedAtMs: 0 }, once(facts));
  }

  async function bringUpToDate(store: Store, owners = CHANGING_OWNERS, rates = RATES): Promise<void> {
    await settle(store, rates, owners);
    await buildAll(store, CHANGING_UNTIL);
  }

  async function freshLedger(versions: readonly number[], owners = CHANGING_OWNERS, rates = RATES) {
    const fresh = await openDuckDbStore('duckdb::memory:');
    for (const version of versions) await importVersion(fresh, version);
    await bringUpToDate(fresh, owners, rates);
    const ledger = await wholeLedger(fresh);
    await fresh.close();
    return ledger;
  }

  // Versions 8 and 16 are the same dataset: one states capacity and the other does not, and every kind of fact differs.
  it.each([
    { before: 8, after: 16 },
    { before: 16, after: 8 },
  ])(
    'holds version $before or version $after of a dataset, and knows what to build',
    async (versions) => {
      const { before, after } = versions;
      const { store: first } = await open();
      for (const version of [1, 2, 3, before, after]) await importVersion(first, version);
      await bringUpToDate(first);
      const whole = await factsHeld();
      const ledgerAfter = await wholeLedger(first);
      await importVersion(first, before);
      await bringUpToDate(first);
      const untouched = await factsHeld();
      const changedHours = hoursThatDiffer(await wholeLedger(first), ledgerAfter);
      expect(changedHours.length).toBeGreaterThan(2);

      let landed = 0;
      const kills = await dyingAfterEach(
        (store) => importVersion(store, after),
        async (store) => {
          const held = await factsHeld();
          if (held !== untouched) {
            expect(held).toBe(whole);
            const stale = await store.staleWindows(CHANGING_UNTIL);
            expect(changedHours.filter((hour) => !covers(stale, hour))).toEqual([]);
            await importVersion(store, before);
            landed += 1;
          }
          await nothingIsStale();
        },
      );
      expect(kills).toBeGreaterThan(20);
      expect(landed).toBeGreaterThan(10);
      expect(await factsHeld()).toBe(untouched);
    },
    300_000,
  );

  it('builds again what it was building', async () => {
    const { store: first } = await open();
    for (const version of [1, 2, 3, 8]) await importVersion(first, version);
    await bringUpToDate(first);
    const expected = [await freshLedger([1, 2, 3, 16]), await freshLedger([1, 2, 3, 8])];
    let turn = 0;
    const kills = await dyingAfterEach(
      async (store) => {
        await importVersion(store, turn % 2 === 0 ? 16 : 8);
        await bringUpToDate(store);
      },
      async (store) => {
        // The import itself is the matter of the test above; here it is brought to its end.
        await importVersion(store, turn % 2 === 0 ? 16 : 8);
        await bringUpToDate(store);
        expect(await wholeLedger(store)).toEqual(expected[turn % 2]);
        expect(await store.staleWindows(CHANGING_UNTIL)).toEqual([]);
        turn += 1;
      },
    );
    expect(kills).toBeGreaterThan(30);
  }, 300_000);

  it('loses no owner, price, setting, note or dataset while it replaces one', async () => {
    const { store: first } = await open();
    for (const version of [1, 2, 3, 8]) await importVersion(first, version);
    await bringUpToDate(first);
    const names = (await first.datasets()).map(({ name }) => name);
    const sets = await first.attributeSets();
    const otherOwners = { team: ['label:nothing', 'tag:team'] };
    const otherRates = new Map([
      ['H100-SXM5-80GB', [{ ...RATES.get('H100-SXM5-80GB')![0]!, perGpuHourPicos: 9n * 10n ** 12n }]],
    ]);
    const expected = [
      await freshLedger([1, 2, 3, 8], otherOwners, otherRates),
      await freshLedger([1, 2, 3, 8]),
    ];
    let turn = 0;
    const change = async (store: Store) => {
      const isOther = turn % 2 === 0;
      await store.writeNote('mark', isOther ? 'a' : 'b');
      await store.recordReading(names[0]!, { rowsRead: turn, rejects: [], warnings: [] });
      await settle(store, isOther ? otherRates : RATES, isOther ? otherOwners : CHANGING_OWNERS);
    };
    await change(first);
    await buildAll(first, CHANGING_UNTIL);
    turn += 1;
    const kills = await dyingAfterEach(change, async (store) => {
      expect((await store.datasets()).map(({ name }) => name)).toEqual(names);
      expect(await store.attributeSets()).toEqual(sets);
      expect(['a', 'b']).toContain(await store.readNote('mark'));
      await change(store);
      await buildAll(store, CHANGING_UNTIL);
      expect(await wholeLedger(store)).toEqual(expected[turn % 2]);
      turn += 1;
    });
    expect(kills).toBeGreaterThan(10);
  }, 300_000);

  it('knows its settings, or that they changed', async () => {
    const { store: first } = await open();
    await first.saveSettings({ currency: 'USD', shared: 'none', maxHoldIntervals: 1 });
    await bringUpToDate(first);
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
  }, 120_000);
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
