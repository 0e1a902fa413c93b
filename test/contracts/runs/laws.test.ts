import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FactBatch, RunFact } from '../../../src/domain/facts/facts.ts';
import { BUCKETS, grossOf } from '../../../src/domain/ledger/buckets.ts';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import type { RunMeasures, RunRecord } from '../../../src/ports/run-queries.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { TestEngine } from '../../support/engines.ts';
import { chargeFact, runFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { type RandomFleet, randomFleet, START, UNTIL } from '../../support/random-fleet.ts';
import { randomRuns } from '../../support/random-runs.ts';
import { buildAll, importFleet, once, settle } from '../../support/weigh-in-store.ts';
import { ALL_TIME } from '../../support/whole-ledger.ts';

const RUNS = Number(process.env['TARE_PROPERTY_RUNS'] ?? 8);
const OWNERS = { team: ['label:team', 'tag:team', 'namespace'] };

onEveryEngine('the laws of runs', (engine) => {
  const options = {
    numRuns: Math.ceil(RUNS * engine.effort),
    endOnFailure: process.env['TARE_NO_SHRINKING'] !== undefined,
  };

  it('runs on a device, with what is outside any run, sum to the device; a run is the sum of its parts', async () => {
    await fc.assert(
      fc.asyncProperty(randomFleet, randomRuns, async (fleet, runs) => {
        await withRuns(engine, fleet, runs, async (store) => {
          const byDevice = await store.ledger({ window: ALL_TIME, by: ['device'] });
          const ofRuns = new Map<string, RunMeasures[]>();
          for (const device of byDevice) {
            const deviceId = device.key['device']!;
            if (deviceId === 'none') continue;
            const parts = await store.runParts({ deviceId, by: ['run', 'attempt'] });
            expect(added(parts)).toEqual(figures(device));
            for (const part of parts) {
              for (const bucket of BUCKETS) expect(part.ticks[bucket] >= 0n).toBe(true);
              const runId = part.key['run']!;
              ofRuns.set(runId, [...(ofRuns.get(runId) ?? []), part]);
            }
          }
          for (const run of await all(store)) {
            const own = await store.runParts({ runId: run.runId, by: ['attempt', 'gpuModel', 'price'] });
            expect(added(own)).toEqual(figures({ ...run, directPicos: 0n }));
            expect(added(ofRuns.get(run.runId) ?? [])).toEqual(added(own));
          }
        });
      }),
      options,
    );
  }, 600_000);

  it('splitting a run into attempts changes no total', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomFleet,
        randomRuns,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (fleet, runs, at) => {
          const single = runs.filter(({ attempt }) => attempt === 1);
          const whole = await withRuns(engine, fleet, single, totals);
          const split = await withRuns(
            engine,
            fleet,
            single.flatMap((run) => cutAt(run, at)),
            totals,
          );
          expect(split).toEqual(whole);
        },
      ),
      options,
    );
  }, 600_000);

  it('what a run costs does not depend on which other runs are asked for, or named', async () => {
    await fc.assert(
      fc.asyncProperty(randomFleet, randomRuns, async (fleet, runs) => {
        await withRuns(engine, fleet, runs, async (store) => {
          const known = new Map((await all(store)).map((run) => [run.runId, figures(run)]));
          for (const [index, runId] of [...known.keys()].entries()) {
            const filters = [{ dimension: 'run' as const, values: [runId] }];
            const [alone] = await store.runs({ ...EVERYTHING, filters });
            expect(figures(alone!)).toEqual(known.get(runId));
            const [page] = await store.runs({ ...EVERYTHING, limit: 1, offset: index });
            expect(figures(page!)).toEqual(known.get(page!.runId));
          }
          const stranger = runFact('test:stranger', { startMs: START, workloadId: 'elsewhere' });
          await add(store, 'test:more', { runs: [stranger] });
          for (const run of await all(store)) {
            if (run.runId !== 'test:stranger') expect(figures(run)).toEqual(known.get(run.runId));
          }
        });
      }),
      options,
    );
  }, 600_000);

  it('adding the bill turns estimates into billed amounts, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomFleet,
        randomRuns,
        fc.bigInt({ min: 1n, max: 10n ** 15n }),
        async (fleet, runs, price) => {
          const facts = { ...fleet.facts, charges: [] };
          await withRuns(engine, { facts, rates: PRICED }, runs, async (store) => {
            const before = new Map((await all(store)).map((run) => [run.runId, run]));
            await add(store, 'test:bill', { charges: BILLED.map((key) => billFor(key, price)) });
            await buildAll(store, UNTIL);
            await store.refreshRuns();
            for (const after of await all(store)) {
              const was = before.get(after.runId)!;
              expect([after.ticks, after.sharedPicos, after.unpricedTicks]).toEqual([
                was.ticks,
                was.sharedPicos,
                was.unpricedTicks,
              ]);
              // Each part of a row that several runs share is rounded by itself: a pico for each bucket at most.
              const difference = grossOf(after.cost) - after.trueUpPicos - grossOf(was.cost);
              expect(difference < 10_000n && -difference < 10_000n).toBe(true);
            }
            await expectRebuiltAlike(
              engine,
              store,
              { facts: { ...facts, charges: BILLED.map((key) => billFor(key, price)) }, rates: PRICED },
              runs,
            );
          });
        },
      ),
      options,
    );
  }, 600_000);
});

const EVERYTHING = {
  window: null,
  filters: [],
  sort: 'name',
  isDescending: false,
  limit: null,
  offset: 0,
} as const;

const PRICED: RandomFleet['rates'] = new Map(
  ['H100-SXM5-80GB', 'A100-SXM4-80GB', 'unknown'].map((model) => [
    model,
    [
      {
        fromMs: 0,
        toMs: null,
        perGpuHourPicos: 3_410_000_000_001n,
        source: 'price_book' as const,
        priceDate: '2026-10-01',
        reference: model,
      },
    ],
  ]),
);

const BILLED = ['i-1', 'i-2', 'i-ordinary'];

function billFor(resourceKey: string, costPicos: bigint) {
  return chargeFact({ resourceKey, startMs: START, endMs: START + 2 * HOUR_MS, gpuHours: 2n, costPicos });
}

async function withRuns<T>(
  engine: TestEngine,
  fleet: RandomFleet,
  runs: readonly RunFact[],
  look: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await engine.open();
  try {
    await importFleet(store, fleet.facts);
    await store.importDataset({ name: 'test:runs', kind: 'test', importedAtMs: 0 }, once({ runs }));
    await settle(store, fleet.rates, OWNERS);
    await buildAll(store, UNTIL);
    await store.refreshRuns();
    return await look(store);
  } finally {
    await store.close();
  }
}

/** What was refreshed step by step is what a store says that got everything at once. */
async function expectRebuiltAlike(
  engine: TestEngine,
  store: Store,
  fleet: RandomFleet,
  runs: readonly RunFact[],
): Promise<void> {
  const stepwise = await totals(store);
  expect(stepwise).toEqual(await withRuns(engine, fleet, runs, totals));
}

async function add(store: Store, name: string, facts: FactBatch): Promise<void> {
  await store.importDataset({ name, kind: 'test', importedAtMs: 0 }, once(facts));
  await settle(store, PRICED, OWNERS);
  await store.refreshRuns();
}

function all(store: Store): Promise<readonly RunRecord[]> {
  return store.runs(EVERYTHING);
}

async function totals(store: Store): Promise<Record<string, unknown>> {
  return Object.fromEntries((await all(store)).map((run) => [run.runId, figures(run)]));
}

/** A run without an end goes on; its first attempt is then an hour long. */
function cutAt(run: RunFact, at: number): RunFact[] {
  if (run.startMs === null) return [run];
  const lengthMs = run.endMs === null ? HOUR_MS : run.endMs - run.startMs;
  const middleMs = run.startMs + Math.round(lengthMs * at);
  return [
    { ...run, endMs: middleMs },
    { ...run, attempt: 2, startMs: middleMs },
  ];
}

function figures(measures: RunMeasures): unknown {
  const { ticks, cost, directPicos, sharedPicos, unpricedTicks, basisTicks } = measures;
  const { contradictoryTicks, estimateOfBilledPicos, trueUpPicos, estimatedPicos } = measures;
  return {
    ticks,
    cost,
    directPicos,
    sharedPicos,
    unpricedTicks,
    basisTicks,
    contradictoryTicks,
    estimateOfBilledPicos,
    trueUpPicos,
    estimatedPicos,
  };
}

function added(parts: readonly RunMeasures[]): unknown {
  const sum = (pick: (part: RunMeasures) => bigint) => parts.reduce((total, part) => total + pick(part), 0n);
  const perBucket = (unit: 'ticks' | 'cost') =>
    Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, sum((part) => part[unit][bucket])]),
    ) as RunMeasures['ticks'];
  return figures({
    ticks: perBucket('ticks'),
    cost: perBucket('cost'),
    directPicos: sum((part) => part.directPicos),
    sharedPicos: sum((part) => part.sharedPicos),
    unpricedTicks: sum((part) => part.unpricedTicks),
    basisTicks: {
      sm_active: sum((part) => part.basisTicks.sm_active),
      engine_active: sum((part) => part.basisTicks.engine_active),
      gpu_util: sum((part) => part.basisTicks.gpu_util),
    },
    contradictoryTicks: sum((part) => part.contradictoryTicks),
    estimateOfBilledPicos: sum((part) => part.estimateOfBilledPicos),
    trueUpPicos: sum((part) => part.trueUpPicos),
    estimatedPicos: sum((part) => part.estimatedPicos),
  });
}
