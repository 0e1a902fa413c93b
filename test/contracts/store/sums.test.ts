import { beforeAll, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, type TimeWindow } from '../../../src/domain/time/window.ts';
import type { LedgerAggregate, LedgerDimension, Store } from '../../../src/ports/store.ts';
import { allocationFact, capacityFact, samplesOf, workloadFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { buildAll, importFleet, once, settle } from '../../support/weigh-in-store.ts';
import { textsOf } from '../../support/whole-ledger.ts';

/** Some five weeks, of which the last is not over: what is asked about them comes from hours, days or whole weeks, and is always the same. */
const START = Date.UTC(2026, 9, 1, 5);
const UNTIL = START + 33 * DAY_MS + 3 * HOUR_MS;
const NODES = ['node-a', 'node-b', 'node-c'];
const TEAMS = ['search', 'vision'];
const PRICE = {
  fromMs: 0,
  toMs: START + 12 * DAY_MS,
  perGpuHourPicos: 3_460_000_000_007n,
  source: 'contract',
  priceDate: '2026-10-01',
  reference: '',
} as const;

const devices = NODES.flatMap((node) => [0, 1].map((slot) => ({ node, deviceId: `${node}-gpu-${slot}` })));
const fleet = {
  capacity: devices.map(({ node, deviceId }) =>
    capacityFact(deviceId, { node, startMs: START, endMs: null, pool: `pool of ${node}` }),
  ),
  workloads: TEAMS.flatMap((team) =>
    [0, 1].map((job) => workloadFact(`${team}-${job}`, { attributes: { 'label:team': team } })),
  ),
  // A job takes 40 hours and starts at odd minutes; every fifth stretch nobody holds.
  allocations: devices.flatMap(({ deviceId }, device) =>
    Array.from({ length: 20 }, (_, turn) => {
      const startMs = START + turn * 40 * HOUR_MS + device * 7 * MINUTE_MS;
      return allocationFact(`${TEAMS[(device + turn) % 2]}-${turn % 2}`, deviceId, {
        startMs,
        endMs: startMs + (turn % 5 === 4 ? 20 : 40) * HOUR_MS,
      });
    }),
  ),
  usage: devices.flatMap(({ deviceId }, device) =>
    samplesOf(deviceId, {
      fromMs: START,
      toMs: UNTIL,
      intervalMs: 20 * MINUTE_MS,
      engineActive: 0.3 + device / 17,
    }),
  ),
  charges: [],
};

const BY: readonly (readonly LedgerDimension[])[] = [
  [],
  ['team'],
  ['node'],
  ['node', 'team', 'kind'],
  ['workload'],
  ['node', 'workload'],
  ['device'],
  ['day'],
  ['day', 'team'],
  ['day', 'node'],
  ['day', 'workload'],
  ['pool', 'priceSource'],
];
const WINDOWS: Readonly<Record<string, TimeWindow>> = {
  'everything and more': { fromMs: 0, toMs: Date.UTC(2100, 0, 1) },
  'weeks and parts of hours before and after': {
    fromMs: START + DAY_MS + 3 * HOUR_MS,
    toMs: UNTIL - 5 * HOUR_MS,
  },
  'one week': { fromMs: Date.UTC(2026, 9, 8), toMs: Date.UTC(2026, 9, 15) },
  'a few days': { fromMs: START + 30 * HOUR_MS, toMs: START + 90 * HOUR_MS },
  'the week that is not over': { fromMs: UNTIL - 2 * DAY_MS, toMs: UNTIL },
};

onEveryEngine('what is added up', (engine) => {
  let store: Store;

  beforeAll(async () => {
    store = await engine.open();
    await importFleet(store, fleet);
    await settle(store, new Map([['H100-SXM5-80GB', [PRICE]]]), { team: ['label:team'] });
    // In two steps, of which the first ends within a week.
    await store.buildHours({ fromMs: START, toMs: START + 10 * DAY_MS }, UNTIL);
    await buildAll(store, UNTIL);
    return () => store.close();
  }, 120_000);

  const questions = Object.entries(WINDOWS).flatMap(([name, window]) =>
    BY.map((by) => ({ title: `${by.join(', ') || 'nothing'}: ${name}`, window, by })),
  );
  const expectSameAsHours = async (window: TimeWindow, by: readonly LedgerDimension[]) => {
    const hours = await store.ledger({ window, by: ['hour', ...by.filter((name) => name !== 'day')] });
    const answer = await store.ledger({ window, by });
    expect(textsOf(answer)).toEqual(textsOf(addUp(hours, by)));
    return answer;
  };

  it.each(questions)('by $title', async ({ window, by }) => {
    expect((await expectSameAsHours(window, by)).length).toBeGreaterThan(0);
  });

  it('follows an hour of a week that is over', async () => {
    const window = WINDOWS['one week']!;
    const before = await store.ledger({ window, by: ['node'] });
    const endMs = window.fromMs + 30 * HOUR_MS;
    const dataset = { name: 'test:late', kind: 'test', importedAtMs: 0 };
    const capacity = [capacityFact('late', { node: 'node-late', startMs: endMs - HOUR_MS, endMs })];
    await store.importDataset(dataset, once({ capacity }));
    await buildAll(store, UNTIL);
    const after = await expectSameAsHours(window, ['node']);
    expect(after.map(({ key }) => key['node'])).toEqual([
      ...before.map(({ key }) => key['node']),
      'node-late',
    ]);
    await store.removeDataset(dataset.name);
    await buildAll(store, UNTIL);
    expect(textsOf(await store.ledger({ window, by: ['node'] }))).toEqual(textsOf(before));
  });
});

/** Groups of hours added up in the plainest way. */
function addUp(hours: readonly LedgerAggregate[], by: readonly LedgerDimension[]): LedgerAggregate[] {
  const groups = new Map<string, LedgerAggregate>();
  for (const { key: hourly, ...measures } of hours) {
    const day = hourly['hour']!.slice(0, 10);
    const key = Object.fromEntries(by.map((name) => [name, name === 'day' ? day : hourly[name]!]));
    const known = groups.get(JSON.stringify(key));
    groups.set(JSON.stringify(key), known ? { ...plus(known, measures), key } : { ...measures, key });
  }
  return [...groups.values()];
}

function plus<T>(a: T, b: unknown): T {
  if (typeof a === 'bigint') return (a + (b as bigint)) as T;
  const other = b as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(a as object).map(([name, value]) => [
      name,
      name in other ? plus(value, other[name]) : value,
    ]),
  ) as T;
}
