import { beforeAll, expect, it } from 'vitest';
import type { ChargeFact, FactBatch } from '../../../src/domain/facts/facts.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../../../src/domain/units/gpu-time.ts';
import type { ImportCounts, Store } from '../../../src/ports/store.ts';
import { allocationFact, capacityFact, chargeFact, samplesOf, workloadFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';
import { wholeLedger } from '../../support/whole-ledger.ts';

/** Every test has a day, a device and a workload of its own, so that all can share one store. */
let nextDay = 0;

type Stage = Readonly<{ startMs: EpochMs; device: string; workload: string }>;

function freshStage(): Stage {
  nextDay += 1;
  return {
    startMs: Date.UTC(2026, 9, nextDay),
    device: `gpu-${nextDay}`,
    workload: `team/job-${nextDay}`,
  };
}

const OWNERS = { team: ['label:team', 'tag:team'], 'cost-centre': ['label:cost-centre'] };
const UNTIL = Date.UTC(2026, 11, 1);

/** One device for four hours, held and sampled every ten minutes. */
function fleetOn({
  startMs,
  device,
  workload,
}: Stage): Required<Pick<FactBatch, 'capacity' | 'workloads' | 'allocations' | 'usage'>> {
  const endMs = startMs + 4 * HOUR_MS;
  return {
    capacity: [capacityFact(device, { startMs, endMs })],
    workloads: [workloadFact(workload, { attributes: { 'label:team': 'search' } })],
    allocations: [allocationFact(workload, device, { startMs, endMs })],
    usage: samplesOf(device, { fromMs: startMs, toMs: endMs, intervalMs: 10 * MINUTE_MS }),
  };
}

const FACTS_OF_FLEET = 3 + 24;

function linesOn({ startMs }: Stage, costs: readonly bigint[]): ChargeFact[] {
  return costs.map((costPicos, index) =>
    chargeFact({ where: `bill.csv:${index + 2}`, startMs, endMs: startMs + HOUR_MS, costPicos }),
  );
}

onEveryEngine('imports', (engine) => {
  let store: Store;

  beforeAll(async () => {
    store = await engine.open();
    await build();
    return () => store.close();
  });

  function importing(name: string, ...batches: FactBatch[]): Promise<ImportCounts> {
    return store.importDataset({ name, kind: 'test', importedAtMs: 1 }, streamOf(batches));
  }

  async function build(): Promise<void> {
    await settle(store, new Map(), OWNERS);
    await buildAll(store, UNTIL);
  }

  async function ledgerOf({ startMs }: Stage): Promise<string[]> {
    return wholeLedger(store, { fromMs: startMs, toMs: startMs + 24 * HOUR_MS });
  }

  async function namesOfDatasets(): Promise<string[]> {
    return (await store.datasets()).map(({ name }) => name);
  }

  it('changes nothing when the same dataset comes again', async () => {
    const stage = freshStage();
    const facts = { ...fleetOn(stage), charges: linesOn(stage, [5n, 7n]) };
    expect(await importing('again', facts)).toEqual({
      imported: FACTS_OF_FLEET + 2,
      unchanged: 0,
      removed: 0,
      alsoElsewhere: 0,
      sameAs: null,
    });
    await build();
    const before = await ledgerOf(stage);
    expect(before).not.toEqual([]);

    expect(await importing('again', facts)).toEqual({
      imported: 0,
      unchanged: FACTS_OF_FLEET + 2,
      removed: 0,
      alsoElsewhere: 0,
      sameAs: null,
    });
    expect(await store.staleWindows(UNTIL)).toEqual([]);
    expect(await ledgerOf(stage)).toEqual(before);
    expect((await store.datasets()).filter(({ name }) => name === 'again')).toHaveLength(1);
  });

  it('counts a corrected dataset, and touches only its hours', async () => {
    const stage = freshStage();
    const facts = fleetOn(stage);
    await importing('corrected', facts);
    await build();
    const [third, ...others] = facts.usage.slice(12);
    const corrected = {
      ...third!,
      activity: { ...third!.activity, busyPpm: 123_456, effectivePpm: 123_456 },
    };
    const counts = await importing('corrected', {
      ...facts,
      usage: [...facts.usage.slice(0, 11), corrected, ...others],
    });
    expect(counts).toMatchObject({ imported: 1, unchanged: FACTS_OF_FLEET - 2, removed: 1 });
    // The sample at 1:50 is gone and the one at 2:00 says something else; each reaches to the next.
    const { startMs } = stage;
    expect(await store.staleWindows(UNTIL)).toEqual([
      { fromMs: startMs + HOUR_MS, toMs: startMs + 3 * HOUR_MS },
    ]);
  });

  it('lets another dataset replace whatever has the same key', async () => {
    const tables = ['usage', 'workloads', 'allocations', 'capacity'] as const;
    const cases = tables.map((table) => {
      const stage = freshStage();
      const facts = fleetOn(stage);
      const [sample, workload, allocation, capacity] = [
        facts.usage[0]!,
        facts.workloads[0]!,
        facts.allocations[0]!,
        facts.capacity[0]!,
      ];
      const replacement: FactBatch = {
        usage: [{ ...sample, activity: { ...sample.activity, busyPpm: 1, effectivePpm: 1 } }],
        workloads: [{ ...workload, name: 'renamed', attributes: { 'label:team': 'ranking' } }],
        allocations: [{ ...allocation, shareParts: PARTS_PER_GPU / 4 }],
        capacity: [{ ...capacity, node: 'node-2' }],
      };
      const rest = facts[table].slice(1);
      const changed = { ...facts, [table]: [...replacement[table]!, ...rest] };
      return { stage, table, facts, changed, replacement: { [table]: replacement[table] } };
    });
    const ledgers = () => Promise.all(cases.map(({ stage }) => ledgerOf(stage)));

    for (const { table, changed } of cases) await importing(`whole ${table}`, changed);
    await build();
    const expected = await ledgers();
    for (const { table } of cases) await store.removeDataset(`whole ${table}`);

    for (const { table, facts } of cases) await importing(`first ${table}`, facts);
    await build();
    for (const [index, ledger] of (await ledgers()).entries()) expect(ledger).not.toEqual(expected[index]);
    for (const { table, replacement } of cases) {
      const counts = await importing(`second ${table}`, replacement);
      expect(counts).toMatchObject({ imported: 1, removed: 0 });
    }
    await build();
    expect(await ledgers()).toEqual(expected);
  });

  it('takes the facts of a removed dataset out of the ledger', async () => {
    const stage = freshStage();
    await importing('removed', { ...fleetOn(stage), charges: linesOn(stage, [9n]) });
    await build();
    await store.removeDataset('removed');
    expect(await namesOfDatasets()).not.toContain('removed');
    await build();
    expect(await ledgerOf(stage)).toEqual([]);
  });

  it('forgets the ledger with the last of its facts', async () => {
    const alone = await engine.open();
    try {
      const stage = freshStage();
      await alone.importDataset({ name: 'only', kind: 'test', importedAtMs: 1 }, once(fleetOn(stage)));
      await buildAll(alone, UNTIL);
      await alone.removeDataset('only');
      await buildAll(alone, UNTIL);
      expect(await wholeLedger(alone)).toEqual([]);
      expect((await alone.extent()).ledger).toBeNull();
      expect(await alone.staleWindows(UNTIL)).toEqual([]);
    } finally {
      await alone.close();
    }
  });

  it('does not care in which order or batches the facts come', async () => {
    const stage = freshStage();
    const { capacity, workloads, allocations, usage } = fleetOn(stage);
    const charges = linesOn(stage, [3n, 4n, 3n]);
    await importing('in order', { capacity, workloads, allocations, usage, charges });
    await build();
    const expected = await ledgerOf(stage);
    await store.removeDataset('in order');

    const backwards = usage.toReversed();
    const counts = await importing(
      'backwards',
      { charges: charges.toReversed() },
      { usage: backwards.slice(0, 7) },
      { allocations },
      {},
      { usage: backwards.slice(7), workloads },
      { capacity },
    );
    expect(counts).toMatchObject({ imported: FACTS_OF_FLEET + 3 });
    await build();
    expect(await ledgerOf(stage)).toEqual(expected);
  });

  it('means one fact where a stream repeats a key, whichever came first', async () => {
    const stage = freshStage();
    const facts = fleetOn(stage);
    const variants = {
      capacity: [facts.capacity[0]!, { ...facts.capacity[0]!, node: `aaa-${stage.device}` }],
      workloads: [
        facts.workloads[0]!,
        { ...facts.workloads[0]!, attributes: { 'label:team': `another-${stage.device}` } },
      ],
      allocations: [facts.allocations[0]!, { ...facts.allocations[0]!, shareParts: 7 }],
      usage: [
        ...facts.usage,
        { ...facts.usage[3]!, activity: { ...facts.usage[3]!.activity, busyPpm: 5, effectivePpm: 5 } },
      ],
    };
    expect(await importing('repeats', variants)).toMatchObject({ imported: FACTS_OF_FLEET });
    await build();
    const ledger = await ledgerOf(stage);
    const flipped = {
      capacity: variants.capacity.toReversed(),
      workloads: variants.workloads.toReversed(),
      allocations: variants.allocations.toReversed(),
      usage: variants.usage.toReversed(),
    };
    expect(await importing('repeats', flipped)).toMatchObject({ imported: 0, unchanged: FACTS_OF_FLEET });

    // Nor does it matter which variant any store saw first in its life.
    const other = await engine.open();
    try {
      await other.importDataset({ name: 'flipped', kind: 'test', importedAtMs: 1 }, once(flipped));
      await settle(other, new Map(), OWNERS);
      await buildAll(other, UNTIL);
      expect(await wholeLedger(other)).toEqual(ledger);
    } finally {
      await other.close();
    }
  });

  it('counts two billed lines that are word for word the same as two', async () => {
    const stage = freshStage();
    const twice = linesOn(stage, [250n, 250n]).map((line) => ({ ...line, where: 'bill.csv:9' }));
    expect(await importing('twice', { charges: twice })).toMatchObject({ imported: 2 });
    const [total] = await store.charges({
      window: { fromMs: stage.startMs, toMs: stage.startMs + HOUR_MS },
      by: [],
    });
    expect(total).toMatchObject({ rows: 2, costPicos: 500n });
    expect(await importing('twice', { charges: twice.slice(1) })).toMatchObject({ unchanged: 1, removed: 1 });
  });

  it('does not import a bill again under another name', async () => {
    const stage = freshStage();
    const charges = linesOn(stage, [11n, 12n, 12n]);
    await importing('bill october', { charges });
    await build();
    const counts = await importing('bill october (1)', { charges: charges.toReversed() });
    expect(counts).toEqual({
      imported: 0,
      unchanged: 3,
      removed: 0,
      alsoElsewhere: 0,
      sameAs: 'bill october',
    });
    expect(await namesOfDatasets()).not.toContain('bill october (1)');
    expect(await store.staleWindows(UNTIL)).toEqual([]);
  });

  it('does import what is more than a bill that is known', async () => {
    const stage = freshStage();
    const charges = linesOn(stage, [21n, 22n]);
    await importing('known bill', { charges });
    const counts = await importing('bill and fleet', { ...fleetOn(stage), charges });
    expect(counts).toMatchObject({ imported: FACTS_OF_FLEET + 2, alsoElsewhere: 2, sameAs: null });
  });

  it('drops what stood under a name when it is corrected into a bill that is known', async () => {
    const stage = freshStage();
    const [draft, ...final] = linesOn(stage, [41n, 42n, 43n]);
    await importing('draft', { charges: [draft!] });
    await importing('final', { charges: final });
    expect(await importing('draft', { charges: final })).toMatchObject({ removed: 1, sameAs: 'final' });
    const window = { fromMs: stage.startMs, toMs: stage.startMs + HOUR_MS };
    expect(await store.charges({ window, by: [] })).toMatchObject([{ rows: 2, costPicos: 85n }]);
  });

  it('says how much of a bill stands in others too', async () => {
    const stage = freshStage();
    const charges = linesOn(stage, [31n, 32n, 33n, 34n]);
    await importing('first half', { charges: charges.slice(0, 2) });
    await importing('third line', { charges: charges.slice(2, 3) });
    expect(await importing('whole', { charges })).toMatchObject({
      imported: 4,
      alsoElsewhere: 3,
      sameAs: null,
    });
    expect(await importing('whole', { charges })).toMatchObject({ unchanged: 4, alsoElsewhere: 0 });
  });

  it('shows nothing of an import whose stream failed, and takes the next', async () => {
    const stage = freshStage();
    const facts = fleetOn(stage);
    await build();
    const sets = await store.attributeSets();
    const datasets = await store.datasets();
    const broken = store.importDataset(
      { name: 'broken', kind: 'test', importedAtMs: 1 },
      brokenAfter({
        ...facts,
        workloads: [workloadFact('x', { attributes: { 'label:team': 'never-seen' } })],
      }),
    );
    await expect(broken).rejects.toThrow('the cable came out');
    expect(await store.datasets()).toEqual(datasets);
    expect(await store.attributeSets()).toEqual(sets);
    expect(await store.staleWindows(UNTIL)).toEqual([]);
    expect((await store.evidence(stage.device, stage.startMs)).samples).toEqual([]);

    expect(await importing('broken', facts)).toMatchObject({ imported: FACTS_OF_FLEET });
    await build();
    expect(await ledgerOf(stage)).not.toEqual([]);
  });

  it('takes imports that come at the same time one after the other', async () => {
    const stages = [freshStage(), freshStage(), freshStage()];
    const counts = await Promise.all(
      stages.map((stage) => importing(`beside ${stage.device}`, fleetOn(stage))),
    );
    expect(counts.map(({ imported }) => imported)).toEqual(stages.map(() => FACTS_OF_FLEET));
    await build();
    for (const stage of stages) expect(await ledgerOf(stage)).not.toEqual([]);
  });
});

async function* streamOf(batches: readonly FactBatch[]): AsyncIterable<FactBatch> {
  yield* batches;
}

async function* brokenAfter(batch: FactBatch): AsyncIterable<FactBatch> {
  yield batch;
  throw new Error('the cable came out');
}
