import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FactBatch } from '../../../src/domain/facts/facts.ts';
import type { FleetFacts } from '../../../src/domain/ledger/weigh-fleet.ts';
import type { OwnerRules } from '../../../src/domain/ownership/owner.ts';
import type { Rate } from '../../../src/domain/pricing/price.ts';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import type { LedgerSettings, Store } from '../../../src/ports/store.ts';
import { openDuckDbStore } from '../../../src/stores/duckdb/duckdb-store.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { randomFleet, START, UNTIL } from '../../support/random-fleet.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';
import { wholeLedger } from '../../support/whole-ledger.ts';

/**
 * Facts come in any order, come late, are corrected and taken back; prices, owners and rules change in between. Whatever happened, a
 * ledger that was kept up to date by building only what was stale is the ledger of what is known in the end.
 */
const RUNS = Number(process.env['TARE_PROPERTY_RUNS'] ?? 24);
const DATASETS = 4;

const OWNERS: readonly OwnerRules[] = [
  {
    team: ['label:team', 'tag:team', 'namespace'],
    environment: ['label:env'],
    'cost-centre': ['label:cost-centre'],
  },
  { team: ['namespace', 'account'], model: ['label:model'] },
];

const settings: fc.Arbitrary<LedgerSettings> = fc.record({
  currency: fc.constant('USD'),
  shared: fc.constantFrom('proportional', 'even', 'none'),
  maxHoldIntervals: fc.constantFrom(1, 2),
});

type Step =
  | Readonly<{ kind: 'import' | 'remove'; dataset: number }>
  | Readonly<{ kind: 'change'; what: 'owners' | 'rates' }>
  | Readonly<{ kind: 'settings'; settings: LedgerSettings }>
  | Readonly<{ kind: 'time'; untilMs: number }>;

const dataset = fc.integer({ min: 0, max: DATASETS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('import' as const), dataset }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), dataset }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('change' as const), what: fc.constantFrom('owners', 'rates') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settings' as const), settings }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      untilMs: fc.integer({ min: START, max: UNTIL }),
    }),
  },
);

/** Which dataset brings each fact; samples in runs, as files bring them. */
const split = fc.array(dataset, { minLength: 40, maxLength: 40 });

function partsOf({ usage, ...others }: FleetFacts, places: readonly number[]): FactBatch[] {
  const of = <Fact>(facts: readonly Fact[], part: number, together: number, shift: number) =>
    facts.filter((_, index) => places[(shift + Math.floor(index / together)) % places.length] === part);
  return Array.from({ length: DATASETS }, (_, part) => ({
    usage: of(usage, part, 11, 0),
    capacity: of(others.capacity, part, 1, 5),
    allocations: of(others.allocations, part, 1, 11),
    workloads: of(others.workloads, part, 1, 17),
    charges: of(others.charges, part, 1, 23),
  }));
}

type World = {
  imported: Set<number>;
  owners: OwnerRules;
  rates: ReadonlyMap<string, readonly Rate[]>;
  settings: LedgerSettings;
  untilMs: number;
};

async function bringUpToDate(
  store: Store,
  { owners, rates, settings: rules, untilMs }: World,
): Promise<void> {
  await settle(store, rates, owners);
  await store.saveSettings(rules);
  await buildAll(store, untilMs);
}

function importing(store: Store, part: number, facts: FactBatch) {
  return store.importDataset({ name: `part ${part}`, kind: 'test', importedAtMs: part }, once(facts));
}

onEveryEngine('a ledger kept up to date', (engine) => {
  it('is the ledger built at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomFleet,
        randomFleet.map(({ rates }) => rates),
        split,
        settings,
        fc.array(step, { minLength: 3, maxLength: 7 }),
        async (fleet, laterRates, places, firstSettings, steps) => {
          const parts = partsOf(fleet.facts, places);
          const world: World = {
            imported: new Set(),
            owners: OWNERS[0]!,
            rates: fleet.rates,
            settings: firstSettings,
            untilMs: START + 2 * HOUR_MS,
          };
          const store = await engine.open();
          const fresh = await openDuckDbStore('duckdb::memory:');
          try {
            for (const next of [...steps, { kind: 'time', untilMs: UNTIL } as const]) {
              switch (next.kind) {
                case 'import':
                  world.imported.add(next.dataset);
                  await importing(store, next.dataset, parts[next.dataset]!);
                  break;
                case 'remove':
                  world.imported.delete(next.dataset);
                  await store.removeDataset(`part ${next.dataset}`);
                  break;
                case 'change':
                  if (next.what === 'owners') world.owners = OWNERS[world.owners === OWNERS[0] ? 1 : 0]!;
                  else world.rates = world.rates === laterRates ? fleet.rates : laterRates;
                  break;
                case 'settings':
                  world.settings = next.settings;
                  break;
                case 'time':
                  // Time does not run backwards.
                  world.untilMs = Math.max(world.untilMs, next.untilMs);
              }
              await bringUpToDate(store, world);
            }
            for (const part of world.imported) await importing(fresh, part, parts[part]!);
            await bringUpToDate(fresh, world);
            expect(await wholeLedger(store)).toEqual(await wholeLedger(fresh));
            expect(await store.staleWindows(UNTIL)).toEqual([]);
          } finally {
            await store.close();
            await fresh.close();
          }
        },
      ),
      {
        numRuns: Math.ceil(RUNS * engine.effort * 0.6),
        endOnFailure: process.env['TARE_NO_SHRINKING'] !== undefined,
      },
    );
  }, 600_000);
});
