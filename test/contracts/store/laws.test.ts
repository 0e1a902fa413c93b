import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CapacityFact } from '../../../src/domain/facts/facts.ts';
import { BUCKETS, grossOf } from '../../../src/domain/ledger/buckets.ts';
import { MAX_BRIDGED_GAP_MS } from '../../../src/domain/ledger/stays.ts';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../../../src/domain/units/gpu-time.ts';
import type { LedgerAggregate, LedgerDimension, SharedRule, Store } from '../../../src/ports/store.ts';
import type { TestEngine } from '../../support/engines.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { HOURS, type RandomFleet, randomFleet, START, UNTIL } from '../../support/random-fleet.ts';
import { buildAll, importFleet, settle } from '../../support/weigh-in-store.ts';
import { ALL_TIME, textsOf } from '../../support/whole-ledger.ts';

const RUNS = Number(process.env['TARE_PROPERTY_RUNS'] ?? 20);
const OWNERS = { team: ['label:team', 'tag:team', 'namespace'] };

onEveryEngine('the laws of the ledger', (engine) => {
  const options = {
    numRuns: Math.ceil(RUNS * engine.effort),
    endOnFailure: process.env['TARE_NO_SHRINKING'] !== undefined,
  };
  const shared = fc.constantFrom<SharedRule>('proportional', 'even', 'none');

  it('hold for random fleets', async () => {
    const cutHour = fc.integer({ min: -24, max: HOURS + 24 });
    await fc.assert(
      fc.asyncProperty(randomFleet, shared, cutHour, async (fleet, rule, hour) => {
        await withLedger(engine, fleet, rule, async (store) => {
          await keepsEveryTick(store, fleet);
          await neverNegativeNorMoreThanPaid(store);
          await addsUp(store, START + hour * HOUR_MS);
          await daysSayWhatHoursSay(store);
        });
      }),
      options,
    );
  });

  it('reconciliation: where a bill exists, the ledger holds the bill', async () => {
    await fc.assert(
      fc.asyncProperty(randomFleet, shared, async (fleet, rule) => {
        // Only what is over by the end of what is built: the hours of a charge that runs on are built when they come.
        const charges = fleet.facts.charges.filter(
          (charge) => Math.max(charge.chargePeriodEndMs, charge.chargePeriodStartMs + HOUR_MS) <= UNTIL,
        );
        await withLedger(engine, { ...fleet, facts: { ...fleet.facts, charges } }, rule, async (store) => {
          const { billPicos, ledgerPicos, estimatedPicos, byDay } = await store.reconcile(ALL_TIME);
          expect(billPicos).toBe(charges.reduce((sum, charge) => sum + charge.costPicos, 0n));
          expect(ledgerPicos).toBe(billPicos);
          const total = (pick: (day: (typeof byDay)[number]) => bigint) =>
            byDay.reduce((sum, day) => sum + pick(day), 0n);
          expect(total((day) => day.billPicos)).toBe(billPicos);
          expect(total((day) => day.ledgerPicos)).toBe(ledgerPicos);
          expect(total((day) => day.estimatedPicos)).toBe(estimatedPicos);
          const services = await store.reconcileServices(ALL_TIME);
          expect(services.filter((line) => line.billPicos !== line.ledgerPicos)).toEqual([]);
          expect(services.reduce((sum, line) => sum + line.billPicos, 0n)).toBe(billPicos);

          const [whole] = await store.ledger({ window: ALL_TIME, by: [] });
          expect(ledgerPicos + estimatedPicos).toBe(
            whole ? grossOf(whole.cost) + whole.directPicos + whole.sharedPicos : 0n,
          );
        });
      }),
      options,
    );
  });
});

async function withLedger(
  engine: TestEngine,
  fleet: RandomFleet,
  shared: SharedRule,
  check: (store: Store) => Promise<void>,
): Promise<void> {
  const store = await engine.open();
  try {
    await store.saveSettings({ currency: 'USD', shared, maxHoldIntervals: 2 });
    await importFleet(store, fleet.facts);
    await settle(store, fleet.rates, OWNERS);
    await buildAll(store, UNTIL);
    await check(store);
  } finally {
    await store.close();
  }
}

/** Conservation: what was paid for a device is in its buckets, tick for tick. */
async function keepsEveryTick(store: Store, { facts }: RandomFleet): Promise<void> {
  const rows = await store.ledger({ window: ALL_TIME, by: ['device'] });
  for (const deviceId of new Set(facts.capacity.map((fact) => fact.deviceId))) {
    const row = rows.find(({ key }) => key['device'] === deviceId);
    expect(row ? grossOf(row.ticks) : 0n).toBe(paidTicks(facts.capacity, deviceId));
  }
}

/**
 * Milliseconds × parts that a device was paid for, counted from the capacity facts alone: every millisecond that is stated or
 * bridged counts once.
 */
function paidTicks(capacity: readonly CapacityFact[], deviceId: string): bigint {
  const facts = capacity
    .filter((fact) => fact.deviceId === deviceId && fact.startMs < UNTIL)
    .sort((a, b) => a.startMs - b.startMs);
  const paid = facts.map((fact, index) => {
    const endMs = Math.min(fact.endMs ?? UNTIL, UNTIL);
    const next = facts
      .slice(index + 1)
      .find(({ nodeLife }) => nodeLife !== null && nodeLife === fact.nodeLife);
    const isBridged = next !== undefined && next.startMs - endMs <= MAX_BRIDGED_GAP_MS;
    return { fromMs: fact.startMs, toMs: isBridged ? Math.max(endMs, next.startMs) : endMs };
  });
  let [paidMs, upToMs] = [0, 0];
  for (const { fromMs, toMs } of paid) {
    paidMs += Math.max(0, toMs - Math.max(fromMs, upToMs));
    upToMs = Math.max(upToMs, toMs);
  }
  return BigInt(paidMs) * BigInt(facts[0]?.gpuParts ?? PARTS_PER_GPU);
}

async function neverNegativeNorMoreThanPaid(store: Store): Promise<void> {
  const rows = await store.ledger({ window: ALL_TIME, by: ['hour', 'device', 'workload', 'gpuModel'] });
  for (const { key, ticks, unpricedTicks, basisTicks, contradictoryTicks } of rows) {
    for (const bucket of BUCKETS) expect(ticks[bucket]).toBeGreaterThanOrEqual(0n);
    const isHeld = key['workload'] !== 'nobody' && key['workload'] !== 'none';
    const measured = basisTicks.sm_active + basisTicks.engine_active + basisTicks.gpu_util;
    expect(measured).toBeLessThanOrEqual(isHeld ? grossOf(ticks) : 0n);
    expect(contradictoryTicks).toBeLessThanOrEqual(grossOf(ticks));
    expect(unpricedTicks).toBeLessThanOrEqual(grossOf(ticks));
  }
  // A device has one hour in an hour, whoever shares it. What only the bill knows is named like its node, and may be many devices.
  for (const { key, ticks } of await store.ledger({ window: ALL_TIME, by: ['hour', 'device', 'node'] })) {
    if (key['device'] === key['node']) continue;
    expect(grossOf(ticks)).toBeLessThanOrEqual(BigInt(HOUR_MS) * BigInt(PARTS_PER_GPU));
  }
}

/** Additivity: two halves of a window sum to the whole, in every measure. */
async function addsUp(store: Store, cutMs: number): Promise<void> {
  const by: LedgerDimension[] = ['team', 'priceSource'];
  const before = await store.ledger({ window: { fromMs: ALL_TIME.fromMs, toMs: cutMs }, by });
  const after = await store.ledger({ window: { fromMs: cutMs, toMs: ALL_TIME.toMs }, by });
  const whole = await store.ledger({ window: ALL_TIME, by });
  expect(summed([...before, ...after])).toEqual(summed(whole));
}

/** The table by days, which long windows read, and the one by hours are one ledger. */
async function daysSayWhatHoursSay(store: Store): Promise<void> {
  const by: LedgerDimension[] = ['day', 'team', 'device'];
  const days = await store.ledger({ window: ALL_TIME, by });
  const hours = await store.ledger({ window: ALL_TIME, by: [...by, 'hour'] });
  expect(hours.every(({ key }) => key['hour']!.startsWith(key['day']!))).toBe(true);
  const withoutHours = hours.map(({ key: { hour: _, ...key }, ...measures }) => ({ key, ...measures }));
  expect(summed(withoutHours)).toEqual(summed(days));
}

function summed(groups: readonly LedgerAggregate[]): string[] {
  const byKey = new Map<string, LedgerAggregate>();
  for (const group of groups) {
    const key = JSON.stringify(group.key);
    const known = byKey.get(key);
    byKey.set(key, known ? { ...sumOf(known, group), key: group.key } : group);
  }
  return textsOf([...byKey.values()]);
}

/** Adds whatever is a number in two values of one shape; texts stay as they are. */
function sumOf<T>(a: T, b: T): T {
  if (typeof a === 'bigint') return (a + (b as bigint)) as T;
  if (typeof a !== 'object' || a === null) return a;
  const entries = Object.entries(a).map(([name, value]) => [name, sumOf(value, (b as never)[name])]);
  return Object.fromEntries(entries) as T;
}
