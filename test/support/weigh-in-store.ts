import type { FactBatch } from '../../src/domain/facts/facts.ts';
import { BUCKETS } from '../../src/domain/ledger/buckets.ts';
import type { FleetFacts } from '../../src/domain/ledger/fleet-facts.ts';
import type { LedgerRow } from '../../src/domain/ledger/ledger-row.ts';
import { type OwnerRules, resolveOwner } from '../../src/domain/ownership/owner.ts';
import type { Rate } from '../../src/domain/pricing/price.ts';
import type { EpochMs, TimeWindow } from '../../src/domain/time/window.ts';
import type { LedgerAggregate, Store } from '../../src/ports/store.ts';

export async function* once(batch: FactBatch): AsyncIterable<FactBatch> {
  yield batch;
}

/** What `build-ledger.ts` does with owners and prices, for tests that speak to a store alone. */
export async function settle(
  store: Store,
  rates: ReadonlyMap<string, readonly Rate[]>,
  owners: OwnerRules,
): Promise<void> {
  const sets = await store.attributeSets();
  await store.saveOwners(sets.map(({ id, attributes }) => ({ id, owner: resolveOwner(owners, attributes) })));
  const keys = await store.priceKeys();
  await store.saveRates(keys.map(({ key }) => ({ key, rates: rates.get(key.gpuModel) ?? [] })));
}

export async function buildAll(store: Store, untilMs: EpochMs): Promise<void> {
  for (const window of await store.staleWindows(untilMs)) await store.buildHours(window, untilMs);
}

export async function importFleet(store: Store, facts: FleetFacts, name = 'test:fleet'): Promise<void> {
  await store.importDataset({ name, kind: 'test', importedAtMs: 0 }, once(facts));
}

/** The ledger of a store as texts, one a row, in an order that both sides share. Empty rows say nothing and are left out. */
export async function storedRows(store: Store, window: TimeWindow): Promise<string[]> {
  const rows = await store.ledger({
    window,
    by: ['hour', 'device', 'workload', 'team', 'node', 'gpuModel', 'priceSource'],
  });
  return rows
    .map((row) => describe(row.key['hour']!, row.key, row))
    .filter((line) => line !== '')
    .sort();
}

/** The oracle's rows in the same form, added up to the same groups. */
export function oracleRows(rows: readonly LedgerRow[], nameOf: (workloadId: string) => string): string[] {
  const groups = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([
      row.hourMs,
      row.deviceId,
      nameOf(row.workloadId),
      row.team,
      row.node,
      row.gpuModel,
      row.priceSource,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()]
    .map((group) => {
      const [first] = group;
      const hour = new Date(first!.hourMs).toISOString().replace('.000Z', 'Z');
      const workload =
        first!.workloadId !== '' ? nameOf(first!.workloadId) : first!.deviceId !== '' ? 'nobody' : 'none';
      const key = { ...first!, device: first!.deviceId || 'none', workload } as unknown as Record<
        string,
        string
      >;
      return describe(hour, key, addUp(group));
    })
    .filter((line) => line !== '')
    .sort();
}

type Amounts = Pick<
  LedgerAggregate,
  | 'ticks'
  | 'cost'
  | 'directPicos'
  | 'sharedPicos'
  | 'unpricedTicks'
  | 'basisTicks'
  | 'contradictoryTicks'
  | 'estimateOfBilledPicos'
>;

function addUp(rows: readonly LedgerRow[]): Amounts {
  const add = (pick: (row: LedgerRow) => bigint) => rows.reduce((sum, row) => sum + pick(row), 0n);
  const perBucket = (unit: 'ticks' | 'cost') =>
    Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, add((row) => row[unit][bucket])]),
    ) as Amounts['ticks'];
  return {
    ticks: perBucket('ticks'),
    cost: perBucket('cost'),
    directPicos: add((row) => row.directPicos),
    sharedPicos: add((row) => row.sharedPicos),
    unpricedTicks: add((row) => row.unpricedTicks),
    basisTicks: {
      sm_active: add((row) => row.basisTicks.sm_active),
      engine_active: add((row) => row.basisTicks.engine_active),
      gpu_util: add((row) => row.basisTicks.gpu_util),
    },
    contradictoryTicks: add((row) => row.contradictoryTicks),
    estimateOfBilledPicos: add((row) => row.estimateOfBilledPicos),
  };
}

function describe(hour: string, key: Readonly<Record<string, string>>, amounts: Amounts): string {
  const figures = [
    ...BUCKETS.map((bucket) => `${bucket} ${amounts.ticks[bucket]} ${amounts.cost[bucket]}`),
    `direct ${amounts.directPicos}`,
    `shared ${amounts.sharedPicos}`,
    `unpriced ${amounts.unpricedTicks}`,
    `basis ${amounts.basisTicks.sm_active}/${amounts.basisTicks.engine_active}/${amounts.basisTicks.gpu_util}`,
    `contradictory ${amounts.contradictoryTicks}`,
    `estimate ${amounts.estimateOfBilledPicos}`,
  ];
  const isEmpty = !/[1-9]/.test(figures.join(' '));
  const name = [
    hour,
    key['device'],
    key['workload'],
    key['team'],
    key['node'],
    key['gpuModel'],
    key['priceSource'],
  ];
  return isEmpty ? '' : `${name.join(' ')}: ${figures.join(', ')}`;
}
