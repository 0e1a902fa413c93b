import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import {
  CHARGE_DIMENSIONS,
  LEDGER_DIMENSIONS,
  type LedgerDimension,
  type Store,
} from '../../../src/ports/store.ts';
import { ENGINES } from '../../support/engines.ts';
import { HOURS, randomFleet, START, UNTIL } from '../../support/random-fleet.ts';
import { buildAll, importFleet, settle } from '../../support/weigh-in-store.ts';
import { ALL_TIME, wholeLedger } from '../../support/whole-ledger.ts';

/** The same facts in every engine, and every question asked of each: one answer, to the last digit and in the same order. */
const OWNERS = { team: ['label:team', 'tag:team'], 'cost-centre': ['label:cost-centre'] };
const FLEETS = fc.sample(randomFleet, { seed: 20_261_014, numRuns: 40 });
// The one with the most to say, so that a seed of little content cannot pass for a comparison.
const FLEET = FLEETS.reduce((largest, fleet) =>
  fleet.facts.charges.length + fleet.facts.capacity.length >
  largest.facts.charges.length + largest.facts.capacity.length
    ? fleet
    : largest,
);

const PARTS_OF_DAYS = { fromMs: START + HOUR_MS, toMs: START + 5 * HOUR_MS };
const ledgerQuestion = (by: readonly LedgerDimension[], window = ALL_TIME) => ({
  title: `ledger by ${by.join(', ') || 'nothing'}`,
  ask: (store: Store) => store.ledger({ window, by }),
});

const QUESTIONS: readonly Readonly<{ title: string; ask(store: Store): Promise<unknown> }>[] = [
  { title: 'the whole ledger', ask: (store) => wholeLedger(store) },
  ledgerQuestion([]),
  ...[...LEDGER_DIMENSIONS, 'tag:cost-centre' as const].map((dimension) => ledgerQuestion([dimension])),
  ledgerQuestion(['team', 'day', 'gpuModel'], PARTS_OF_DAYS),
  ...CHARGE_DIMENSIONS.map((dimension) => ({
    title: `charges by ${dimension}`,
    ask: (store: Store) => store.charges({ window: ALL_TIME, by: [dimension] }),
  })),
  { title: 'reconciliation', ask: (store) => store.reconcile(ALL_TIME) },
  { title: 'reconciliation of hours', ask: (store) => store.reconcile(PARTS_OF_DAYS) },
  { title: 'reconciliation by service', ask: (store) => store.reconcileServices(ALL_TIME) },
  { title: 'what has no price', ask: (store) => store.unpriced(ALL_TIME) },
  { title: 'extent', ask: (store) => store.extent() },
  { title: 'datasets', ask: (store) => store.datasets() },
  { title: 'attribute sets', ask: (store) => store.attributeSets() },
  { title: 'price keys', ask: (store) => store.priceKeys() },
  {
    title: 'evidence of every device in every hour',
    ask: async (store) => {
      const devices = [...new Set(FLEET.facts.usage.map((fact) => fact.deviceId)), 'i-1', 'i-ordinary'];
      const hours = Array.from({ length: HOURS }, (_, hour) => START + hour * HOUR_MS);
      const all = devices.flatMap((device) => hours.map((hour) => store.evidence(device, hour)));
      return Promise.all(all);
    },
  },
];

const missing = ENGINES.map((engine) => engine.missing).find((reason) => reason !== null) ?? null;

describe.skipIf(missing !== null)(`one answer of all engines${missing ? ` (${missing})` : ''}`, () => {
  let stores: readonly Store[];

  beforeAll(async () => {
    stores = await Promise.all(ENGINES.map((engine) => engine.open()));
    for (const store of stores) {
      await store.saveSettings({ currency: 'USD', shared: 'proportional', maxHoldIntervals: 2 });
      await importFleet(store, FLEET.facts);
      await settle(store, FLEET.rates, OWNERS);
      await buildAll(store, UNTIL);
    }
  });

  afterAll(async () => {
    for (const store of stores) await store.close();
  });

  it.each(QUESTIONS)('$title', async ({ ask }) => {
    const [first, ...others] = await Promise.all(stores.map(ask));
    expect(first).toBeTruthy();
    for (const other of others) expect(other).toEqual(first);
  });
});
