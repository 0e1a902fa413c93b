import { expect, it } from 'vitest';
import type { FactBatch } from '../../../src/domain/facts/facts.ts';
import { formatPicos, PICOS_PER_UNIT } from '../../../src/domain/money/picos.ts';
import type { OwnerRules } from '../../../src/domain/ownership/owner.ts';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import type { RunRecord } from '../../../src/ports/run-queries.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { TestEngine } from '../../support/engines.ts';
import {
  allocationFact,
  capacityFact,
  chargeFact,
  runFact,
  samplesOf,
  workloadFact,
} from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';

const NINE = Date.UTC(2026, 9, 14, 9);
const at = (hour: number) => NINE + (hour - 9) * HOUR_MS;
const MODEL = 'H100-SXM5-80GB';
const OWNERS: OwnerRules = { team: ['label:team'] };

const FLEET: FactBatch = {
  capacity: [capacityFact('gpu-a', { startMs: at(9), endMs: at(13) })],
  workloads: [workloadFact('job', { attributes: { 'label:team': 'search' } })],
  allocations: [allocationFact('job', 'gpu-a', { startMs: at(9), endMs: at(13), lostFromMs: at(9) })],
  usage: samplesOf('gpu-a', { fromMs: at(9), toMs: at(13), engineActive: 1 }),
};
const first = runFact('test:first', {
  workloadId: 'job',
  startMs: at(9),
  endMs: at(13),
  state: 'failed',
  metrics: { accuracy: 0.5 },
});

/** What is imported one after the other, and what a run says after each: lost, gross, direct, owner. */
type Step = Readonly<{ what: string; name: string; facts: FactBatch; expected: Record<string, unknown> }>;

const STEPS: readonly Step[] = [
  {
    what: 'a run and what it held',
    name: 'runs',
    facts: { runs: [first] },
    expected: { 'test:first': ['8.00', '8.00', '0.00', 'search'] },
  },
  {
    what: 'a checkpoint in the middle',
    name: 'checkpoints',
    facts: { checkpoints: [{ workloadId: 'job', atMs: at(11) }] },
    expected: { 'test:first': ['4.00', '8.00', '0.00', 'search'] },
  },
  {
    what: 'another run on the same workload, in the last two hours',
    name: 'others',
    facts: { runs: [runFact('test:second', { workloadId: 'job', startMs: at(11), endMs: at(13) })] },
    expected: {
      'test:first': ['2.00', '6.00', '0.00', 'search'],
      'test:second': ['2.00', '2.00', '0.00', 'search'],
    },
  },
  {
    what: 'a charge with the tag of the run',
    name: 'bill',
    facts: {
      charges: [
        chargeFact({
          startMs: at(9),
          endMs: at(10),
          costPicos: 3n * PICOS_PER_UNIT,
          attributes: { 'tag:tare-run': 'test:first' },
        }),
      ],
    },
    expected: {
      'test:first': ['2.00', '6.00', '3.00', 'search'],
      'test:second': ['2.00', '2.00', '0.00', 'search'],
    },
  },
  {
    what: 'the other run again, with an owner of its own and an hour less',
    name: 'others',
    facts: {
      runs: [
        runFact('test:second', {
          workloadId: 'job',
          startMs: at(12),
          endMs: at(13),
          attributes: { 'label:team': 'ads' },
        }),
      ],
    },
    expected: {
      'test:first': ['3.00', '7.00', '3.00', 'search'],
      'test:second': ['1.00', '1.00', '0.00', 'ads'],
    },
  },
  {
    what: 'the other run and the charge go away',
    name: 'others',
    facts: {},
    expected: { 'test:first': ['4.00', '8.00', '3.00', 'search'] },
  },
  {
    what: 'the charge goes away',
    name: 'bill',
    facts: {},
    expected: { 'test:first': ['4.00', '8.00', '0.00', 'search'] },
  },
  {
    what: 'the checkpoint goes away',
    name: 'checkpoints',
    facts: {},
    expected: { 'test:first': ['8.00', '8.00', '0.00', 'search'] },
  },
];

onEveryEngine('costs of runs', (engine) => {
  it('follow what is imported, changed and removed', async () => {
    await withStore(engine, async (store) => {
      await add(store, 'fleet', FLEET);
      for (const { what, name, facts, expected } of STEPS) {
        await add(store, name, facts);
        expect({ what, runs: Object.fromEntries((await all(store)).map(told)) }).toEqual({
          what,
          runs: expected,
        });
      }
    });
  });

  it('are found by a part of their name, id or experiment, in any case', async () => {
    await withStore(engine, async (store) => {
      const named = { ...first, runId: 'test:x/1', name: 'Vision_A', experiment: "O'Hara" };
      await add(store, 'runs', { runs: [first, named] });
      const found = async (text: string) => {
        const query = { window: null, filters: [], by: [], text };
        return (await store.runGroups(query))[0]!.runs;
      };
      const texts = ['vision_', 'X/1', "o'hara", 'vision%', '_', 'test:', 'nothing'];
      expect(await Promise.all(texts.map(found))).toEqual([1, 1, 1, 0, 1, 2, 0]);
    });
  });

  it('are imported once: the same again changes nothing, a corrected one replaces', async () => {
    await withStore(engine, async (store) => {
      const facts = { runs: [first], checkpoints: [{ workloadId: 'job', atMs: at(11) }] };
      expect(await imported(store, facts)).toMatchObject({ imported: 2, unchanged: 0, removed: 0 });
      expect(await imported(store, facts)).toMatchObject({ imported: 0, unchanged: 2, removed: 0 });
      const corrected = { runs: [{ ...first, metrics: { accuracy: 0.75, loss: Number.NaN } }] };
      expect(await imported(store, corrected)).toMatchObject({ imported: 1, unchanged: 0, removed: 1 });
      await store.refreshRuns();
      expect((await all(store)).map(({ metrics }) => metrics)).toEqual([{ accuracy: 0.75 }]);
      const [dataset] = await store.datasets();
      expect(dataset).toMatchObject({ facts: 1, firstMs: at(9), lastMs: at(13) });
      expect((await store.extent()).newest.runMs).toBe(at(13));
    });
  });

  it('know who repeats whom, also when the first of them changes', async () => {
    await withStore(engine, async (store) => {
      const run = (name: string, hour: number, given: Parameters<typeof runFact>[1] = {}) =>
        runFact(`test:${name}`, { startMs: at(hour), endMs: at(hour + 1), fingerprint: 'same', ...given });
      const repeated = async () =>
        Object.fromEntries(
          (await all(store)).map(({ runId, duplicateOf }) => [runId.slice(5), duplicateOf?.slice(5)]),
        );
      await add(store, 'late', { runs: [run('b', 10), run('c', 11), run('lost', 9, { state: 'failed' })] });
      expect(await repeated()).toEqual({ b: undefined, c: 'b', lost: undefined });
      await add(store, 'early', { runs: [run('a', 8)] });
      expect(await repeated()).toEqual({ a: undefined, b: 'a', c: 'a', lost: 'a' });
      await add(store, 'early', { runs: [run('a', 8, { fingerprint: 'other' })] });
      expect(await repeated()).toEqual({ a: undefined, b: undefined, c: 'b', lost: undefined });
    });
  });

  it('make no hour of the ledger stale; checkpoints do, of work that was lost', async () => {
    await withStore(engine, async (store) => {
      await add(store, 'fleet', FLEET);
      await store.importDataset(header('runs'), once({ runs: [first] }));
      expect(await store.staleWindows(at(13))).toEqual([]);
      await store.importDataset(
        header('checkpoints'),
        once({ checkpoints: [{ workloadId: 'job', atMs: at(11) }] }),
      );
      expect(await store.staleWindows(at(13))).toEqual([{ fromMs: at(9), toMs: at(13) }]);
      const elsewhere = { checkpoints: [{ workloadId: 'other', atMs: at(11) }] };
      await buildAll(store, at(13));
      await store.importDataset(header('more'), once(elsewhere));
      expect(await store.staleWindows(at(13))).toEqual([]);
    });
  });
});

async function withStore(engine: TestEngine, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await engine.open();
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

const header = (name: string) => ({ name: `test:${name}`, kind: 'test', importedAtMs: 0 });

function imported(store: Store, facts: FactBatch) {
  return store.importDataset(header('runs'), once(facts));
}

async function add(store: Store, name: string, facts: FactBatch): Promise<void> {
  await store.importDataset(header(name), once(facts));
  const rate = { fromMs: 0, toMs: null, source: 'contract' as const, priceDate: '', reference: '' };
  await settle(store, new Map([[MODEL, [{ ...rate, perGpuHourPicos: 2n * PICOS_PER_UNIT }]]]), OWNERS);
  await store.saveSettings({ currency: 'USD', shared: 'none', maxHoldIntervals: 2 });
  await buildAll(store, at(13));
  await store.refreshRuns();
}

function all(store: Store): Promise<readonly RunRecord[]> {
  return store.runs({ window: null, filters: [], sort: 'name', isDescending: false, limit: null, offset: 0 });
}

function told(run: RunRecord): [string, unknown] {
  const gross =
    run.cost.lost + run.cost.productive + run.cost.idle + run.cost.underused + run.cost.unobserved;
  return [
    run.runId,
    [formatPicos(run.cost.lost), formatPicos(gross), formatPicos(run.directPicos), run.team],
  ];
}
