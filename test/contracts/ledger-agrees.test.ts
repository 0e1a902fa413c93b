import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WeighingRules } from '../../src/domain/ledger/fleet-facts.ts';
import { weighFleet } from '../../src/domain/ledger/weigh-fleet.ts';
import { resolveOwner } from '../../src/domain/ownership/owner.ts';
import { HOUR_MS } from '../../src/domain/time/window.ts';
import { ENGINES } from '../support/engines.ts';
import { HOURS, type RandomFleet, randomFleet, START, UNTIL } from '../support/random-fleet.ts';
import { buildAll, importFleet, oracleRows, settle, storedRows } from '../support/weigh-in-store.ts';

const OWNERS = {
  team: ['label:team', 'tag:team', 'namespace'],
  model: ['label:model'],
  environment: ['label:env'],
  'cost-centre': ['label:cost-centre'],
};
/** Wide enough for the day-long charges that begin in the last hour. */
const WINDOW = { fromMs: START - 24 * HOUR_MS, toMs: START + (HOURS + 30) * HOUR_MS };
const RUNS = Number(process.env['TARE_PROPERTY_RUNS'] ?? 50);

function rulesFor(
  fleet: RandomFleet,
  shared: WeighingRules['shared'],
  maxHoldIntervals: number,
): WeighingRules {
  return {
    ratesOf: (capacity) => fleet.rates.get(capacity.gpuModel) ?? [],
    ownerOf: (attributes) => resolveOwner(OWNERS, attributes),
    shared,
    maxHoldIntervals,
    untilMs: UNTIL,
  };
}

const nameOf = (fleet: RandomFleet) => (id: string) =>
  fleet.facts.workloads.find((workload) => workload.workloadId === id)?.name ?? id;

for (const engine of ENGINES) {
  describe.skipIf(engine.missing !== null)(
    `ledger on ${engine.name}${engine.missing ? ` (${engine.missing})` : ''}`,
    () => {
      it('agrees with the oracle to the last digit on random fleets', async () => {
        await fc.assert(
          fc.asyncProperty(
            randomFleet,
            fc.constantFrom('proportional' as const, 'even' as const, 'none' as const),
            fc.constantFrom(1, 2),
            async (fleet, shared, maxHoldIntervals) => {
              const store = await engine.open();
              try {
                await store.saveSettings({ currency: 'USD', shared, maxHoldIntervals });
                await importFleet(store, fleet.facts);
                await settle(store, fleet.rates, OWNERS);
                await buildAll(store, UNTIL);
                const expected = weighFleet(fleet.facts, rulesFor(fleet, shared, maxHoldIntervals), {
                  fromMs: WINDOW.fromMs,
                  toMs: UNTIL + 7 * 60_000,
                });
                expect(await storedRows(store, WINDOW)).toEqual(oracleRows(expected, nameOf(fleet)));
              } finally {
                await store.close();
              }
            },
          ),
          {
            numRuns: Math.ceil(RUNS * engine.effort),
            endOnFailure: process.env['TARE_NO_SHRINKING'] !== undefined,
          },
        );
      }, 600_000);
    },
  );
}
