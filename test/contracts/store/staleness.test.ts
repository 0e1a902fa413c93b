import { expect, it } from 'vitest';
import type { FactBatch } from '../../../src/domain/facts/facts.ts';
import { PICOS_PER_UNIT } from '../../../src/domain/money/picos.ts';
import type { OwnerRules } from '../../../src/domain/ownership/owner.ts';
import type { Rate } from '../../../src/domain/pricing/price.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time/window.ts';
import type { LedgerSettings, Store } from '../../../src/ports/store.ts';
import { openDuckDbStore } from '../../../src/stores/duckdb/duckdb-store.ts';
import { allocationFact, capacityFact, chargeFact, samplesOf, workloadFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';
import { wholeLedger } from '../../support/whole-ledger.ts';

const START = Date.UTC(2026, 9, 14, 8);
const at = (hour: number, minute = 0) => START + (hour - 8) * HOUR_MS + minute * MINUTE_MS;
const UNTIL = at(18);

/** What a ledger depends on; a test changes some of it. */
type Known = Readonly<{
  datasets: Readonly<Record<string, FactBatch>>;
  owners: OwnerRules;
  price: string;
  settings: LedgerSettings;
}>;

const rate = (dollars: bigint, fromMs: number, toMs: number | null): Rate => ({
  fromMs,
  toMs,
  perGpuHourPicos: dollars * PICOS_PER_UNIT,
  source: 'price_book',
  priceDate: '2026-10-01',
  reference: 'list',
});
const PRICES: Readonly<Record<string, readonly Rate[]>> = {
  steady: [rate(3n, 0, null)],
  'higher from 10:30': [rate(3n, 0, at(10, 30)), rate(4n, at(10, 30), null)],
};

const life = { nodeLife: 'node-1@1', resourceKey: 'i-1' };

/** `gpu-a`: paid 8:00–12:00 and held; `gpu-b`: seen and held 9:00–10:00, and nobody says since when it was paid. */
const BASE: Known = {
  datasets: {
    fleet: {
      capacity: [capacityFact('gpu-a', { ...life, startMs: at(8), endMs: at(12) })],
      workloads: [
        workloadFact('train', { attributes: { 'label:team': 'search', 'label:owner': 'ranking' } }),
      ],
      allocations: [allocationFact('train', 'gpu-a', { startMs: at(9), endMs: at(11) })],
      usage: samplesOf('gpu-a', { fromMs: at(8), toMs: at(9, 30), intervalMs: 10 * MINUTE_MS }),
    },
    others: {
      usage: samplesOf('gpu-b', { fromMs: at(9), toMs: at(10), intervalMs: 10 * MINUTE_MS }),
      allocations: [allocationFact('train', 'gpu-b', { startMs: at(9), endMs: null })],
    },
  },
  owners: { team: ['label:team'] },
  price: 'steady',
  settings: { currency: 'USD', shared: 'proportional', maxHoldIntervals: 2 },
};

const adding = (facts: FactBatch): Known => ({ ...BASE, datasets: { ...BASE.datasets, late: facts } });
const hours = (from: number, to: number) => ({ fromMs: at(from), toMs: at(to) });

type Case = Readonly<{
  change: string;
  /** What was known before, where it is more than the base. */
  before?: Known;
  after: Known;
  stale: readonly Readonly<{ fromMs: number; toMs: number }>[];
}>;

const CASES: readonly Case[] = [
  {
    change: 'a price goes up at half past ten',
    after: { ...BASE, price: 'higher from 10:30' },
    stale: [hours(8, 12)],
  },
  {
    change: 'another label names the team',
    after: { ...BASE, owners: { team: ['label:owner'] } },
    stale: [hours(9, 18)],
  },
  {
    change: 'a sample stands for less',
    after: { ...BASE, settings: { ...BASE.settings, maxHoldIntervals: 1 } },
    stale: [hours(8, 18)],
  },
  {
    change: 'samples come late',
    after: adding({
      usage: samplesOf('gpu-a', { fromMs: at(11), toMs: at(12), intervalMs: 10 * MINUTE_MS }),
    }),
    stale: [hours(11, 13)],
  },
  {
    change: 'a short sample cuts a long one off',
    before: adding({
      usage: samplesOf('gpu-a', { fromMs: at(10, 40), toMs: at(10, 50), intervalMs: 30 * MINUTE_MS }),
    }),
    after: {
      ...adding({
        usage: [
          ...samplesOf('gpu-a', { fromMs: at(10, 40), toMs: at(10, 50), intervalMs: 30 * MINUTE_MS }),
          ...samplesOf('gpu-a', { fromMs: at(10, 50), toMs: at(10, 51) }),
        ],
      }),
    },
    stale: [hours(10, 12)],
  },
  {
    change: 'the same machine is seen again after a gap',
    after: adding({ capacity: [capacityFact('gpu-a', { ...life, startMs: at(15), endMs: at(16) })] }),
    stale: [hours(12, 16)],
  },
  {
    change: 'a bill arrives',
    after: adding({
      charges: [
        chargeFact({
          resourceKey: 'i-1',
          startMs: at(9),
          endMs: at(11),
          gpuHours: 2n,
          costPicos: 7n * PICOS_PER_UNIT,
        }),
      ],
    }),
    stale: [hours(9, 11)],
  },
  {
    change: 'more is paid for within the period of a bill',
    before: adding({
      charges: [
        chargeFact({ resourceKey: 'i-1', startMs: at(8), endMs: at(16), gpuHours: 4n, costPicos: 1_000n }),
      ],
    }),
    after: {
      ...BASE,
      datasets: {
        ...BASE.datasets,
        late: {
          charges: [
            chargeFact({
              resourceKey: 'i-1',
              startMs: at(8),
              endMs: at(16),
              gpuHours: 4n,
              costPicos: 1_000n,
            }),
          ],
        },
        second: {
          capacity: [capacityFact('gpu-c', { ...life, nodeLife: null, startMs: at(14), endMs: at(15) })],
        },
      },
    },
    stale: [hours(8, 16)],
  },
  {
    change: 'an open hold turns out to have ended',
    after: {
      ...BASE,
      datasets: {
        ...BASE.datasets,
        others: {
          ...BASE.datasets['others'],
          allocations: [allocationFact('train', 'gpu-b', { startMs: at(9), endMs: at(13) })],
        },
      },
    },
    stale: [hours(9, 18)],
  },
  {
    change: 'the capacity of a device is stated at last',
    after: adding({ capacity: [capacityFact('gpu-b', { startMs: at(9), endMs: at(10) })] }),
    stale: [hours(9, 18)],
  },
  {
    change: 'a dataset is taken back',
    after: { ...BASE, datasets: { fleet: BASE.datasets['fleet']! } },
    stale: [hours(9, 18)],
  },
];

async function tell(store: Store, known: Known, before?: Known): Promise<void> {
  const gone = Object.keys(before?.datasets ?? {}).filter((name) => !(name in known.datasets));
  for (const name of gone) await store.removeDataset(name);
  for (const [name, facts] of Object.entries(known.datasets)) {
    await store.importDataset({ name, kind: 'test', importedAtMs: 0 }, once(facts));
  }
  await settle(store, new Map([['H100-SXM5-80GB', PRICES[known.price]!]]), known.owners);
  await store.saveSettings(known.settings);
}

onEveryEngine('staleness', (engine) => {
  it.each(CASES)('$change', async ({ before = BASE, after, stale }) => {
    const store = await engine.open();
    const fresh = await openDuckDbStore('duckdb::memory:');
    try {
      await tell(store, before);
      await buildAll(store, UNTIL);
      expect(await store.staleWindows(UNTIL)).toEqual([]);
      const ledgerBefore = await wholeLedger(store);

      await tell(store, after, before);
      expect(await store.staleWindows(UNTIL)).toEqual(stale);
      await buildAll(store, UNTIL);
      await tell(fresh, after);
      await buildAll(fresh, UNTIL);
      const ledger = await wholeLedger(store);
      expect(ledger).not.toEqual(ledgerBefore);
      expect(ledger).toEqual(await wholeLedger(fresh));
    } finally {
      await store.close();
      await fresh.close();
    }
  });

  it('goes on where a build in steps was stopped, also in the charge period around a change', async () => {
    const bill = chargeFact({
      resourceKey: 'i-1',
      startMs: at(8),
      endMs: at(16),
      gpuHours: 8n,
      costPicos: 997n,
    });
    const before = adding({ charges: [bill] });
    const device = capacityFact('gpu-c', { ...life, nodeLife: null, startMs: at(11), endMs: at(12) });
    const after = adding({ charges: [bill], capacity: [device] });
    const store = await engine.open();
    const fresh = await openDuckDbStore('duckdb::memory:');
    try {
      await tell(store, before);
      await buildAll(store, UNTIL);
      await tell(store, after);
      expect(await store.staleWindows(UNTIL)).toEqual([hours(8, 16)]);
      // The step that holds the change itself is built, and then nothing for a while.
      await store.buildHours(hours(11, 12), UNTIL);
      expect(await store.staleWindows(UNTIL)).toEqual([hours(8, 11), hours(12, 16)]);
      await buildAll(store, UNTIL);
      await tell(fresh, after);
      await buildAll(fresh, UNTIL);
      expect(await wholeLedger(store)).toEqual(await wholeLedger(fresh));
    } finally {
      await store.close();
      await fresh.close();
    }
  });

  it('fills the gap before a machine that comes back, when its time has come', async () => {
    const store = await engine.open();
    const fresh = await openDuckDbStore('duckdb::memory:');
    try {
      const known = adding({
        capacity: [capacityFact('gpu-a', { ...life, startMs: at(15), endMs: at(16) })],
      });
      await tell(store, known);
      await buildAll(store, at(14));
      // `gpu-b` is held until further notice: its hours come anyway.
      expect(await store.staleWindows(UNTIL)).toEqual([hours(12, 18)]);
      await buildAll(store, UNTIL);
      await tell(fresh, known);
      await buildAll(fresh, UNTIL);
      expect(await wholeLedger(store)).toEqual(await wholeLedger(fresh));
    } finally {
      await store.close();
      await fresh.close();
    }
  });

  it('builds an hour again that was not over', async () => {
    const store = await engine.open();
    try {
      await tell(store, BASE);
      await buildAll(store, at(11, 20));
      expect(await store.staleWindows(at(11, 20))).toEqual([]);
      expect(await store.staleWindows(at(14))).toEqual([hours(11, 14)]);
    } finally {
      await store.close();
    }
  });
});
