import { beforeAll, expect, it } from 'vitest';
import type { RunFact, TakenFact } from '../../../src/domain/facts/facts.ts';
import { readActivity } from '../../../src/domain/facts/read-activity.ts';
import { grossOf } from '../../../src/domain/ledger/buckets.ts';
import { PICOS_PER_UNIT } from '../../../src/domain/money/picos.ts';
import type { Rate } from '../../../src/domain/pricing/price.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../../../src/domain/units/gpu-time.ts';
import type { Store } from '../../../src/ports/store.ts';
import { allocationFact, capacityFact, samplesOf, workloadFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { trafficFact } from '../../support/serving-facts.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';

const START = Date.UTC(2026, 9, 14, 8);
const UNTIL = START + 4 * HOUR_MS;
const WINDOW = { fromMs: START, toMs: UNTIL };
const WHOLE = { startMs: START, endMs: UNTIL };
const RATES: readonly Rate[] = [
  {
    fromMs: 0,
    toMs: null,
    perGpuHourPicos: 4n * PICOS_PER_UNIT,
    source: 'price_book',
    priceDate: '2026-10-01',
    reference: 'list',
  },
];

function run(given: Partial<RunFact>): RunFact {
  return {
    runId: 'test:1',
    attempt: 1,
    name: 'train',
    experiment: null,
    state: 'succeeded',
    stateDetail: null,
    queue: null,
    queuedMs: null,
    startMs: START,
    endMs: UNTIL,
    workloadId: null,
    parentRunId: null,
    fingerprint: null,
    parameters: {},
    metrics: {},
    attributes: {},
    ...given,
  };
}

const QUEUE = {
  queue: 'kueue:ranking',
  startMs: START,
  endMs: START + HOUR_MS,
  waitingMs: 90_000,
  pendingWorkloads: 1.5,
  pendingGpus: 12,
  reservedGpus: 16,
  usedGpus: 15.25,
  nominalGpus: 16,
};

type Slot = Partial<Parameters<typeof trafficFact>[1]>;

function served(replica: string, given: Slot) {
  return trafficFact(replica, {
    endpoint: 'serve',
    startMs: START,
    endMs: START + HOUR_MS,
    requests: 100,
    ...given,
  });
}

/** An endpoint on two GPUs, busy in turns; a tenant of half a GPU; a GPU that nobody holds. */
function fleet() {
  const samples = (device: string, hour: number, engineActive: number) =>
    samplesOf(device, {
      fromMs: START + hour * HOUR_MS,
      toMs: START + (hour + 1) * HOUR_MS,
      intervalMs: 5 * MINUTE_MS,
      engineActive,
    });
  return {
    capacity: ['a', 'b', 'c', 'd'].map((device) =>
      capacityFact(device, { ...WHOLE, node: device === 'd' ? 'node-2' : 'node-1' }),
    ),
    workloads: [
      workloadFact('app/serve-1', {
        kind: 'inference',
        name: 'serve',
        attributes: { 'label:team': 'search', 'label:env': 'staging' },
      }),
      workloadFact('app/note', { kind: 'notebook', name: "o'note" }),
    ],
    allocations: [
      allocationFact('app/serve-1', 'a', WHOLE),
      allocationFact('app/serve-1', 'b', WHOLE),
      allocationFact('app/note', 'c', { ...WHOLE, shareParts: PARTS_PER_GPU / 2 }),
    ],
    usage: [
      ...[0.5, 0, 0, 0].flatMap((engine, hour) => samples('a', hour, engine)),
      ...[0, 0.25, 0, 0].flatMap((engine, hour) => samples('b', hour, engine)),
      ...[0, 0, 0, 0].flatMap((engine, hour) => samples('c', hour, engine)),
      ...[0, 0, 0].flatMap((engine, hour) => samples('d', hour, engine)),
      {
        deviceId: 'd',
        atMs: START + 3 * HOUR_MS,
        intervalMs: 5 * MINUTE_MS,
        activity: readActivity({
          smActive: null,
          engineActive: null,
          gpuUtil: null,
          memoryUsedMib: 100,
          processes: null,
        }),
        memoryUsedMib: 100,
        powerWatts: null,
      },
    ],
    queues: [{ ...QUEUE, queue: 'runai:vision', waitingMs: null, pendingGpus: null }, QUEUE],
    traffic: [
      served('app/serve-1', { batchSize: 2.5, runningRequests: 2, cacheUse: 0.25, decodeSeconds: 300 }),
      served('app/serve-1', {
        model: 'other',
        batchSize: 4,
        runningRequests: 1,
        tokens: { input: 1_500, output: 800 },
      }),
      served('app/serve-2', {
        requests: 200,
        latencySeconds: { upperBounds: [1], counts: [200, 0], sum: 8 },
      }),
      served('app/serve-1', { startMs: START + HOUR_MS, endMs: START + 2 * HOUR_MS, requests: 7 }),
    ],
    checkpoints: [1, 2].map((hours) => ({
      workloadId: 'app/serve-1',
      atMs: START + hours * HOUR_MS,
    })),
    runs: [
      run({
        runId: 'test:1',
        workloadId: 'app/serve-1',
        queuedMs: START - HOUR_MS,
        gangUntilMs: START + HOUR_MS,
        parameters: { deadline_hours: '12' },
        metrics: { checkpoint_seconds: 30 },
      }),
      run({
        runId: 'test:2',
        state: 'waiting',
        queue: 'gpu',
        queuedMs: START + HOUR_MS,
        startMs: null,
        endMs: null,
      }),
      run({ runId: 'test:3', queuedMs: UNTIL, startMs: UNTIL + HOUR_MS, endMs: null }),
    ],
  };
}

onEveryEngine('what levers ask', (engine) => {
  let store: Store;

  beforeAll(async () => {
    store = await engine.open();
    await store.importDataset({ name: 'file:fleet', kind: 'test', importedAtMs: 5 }, once(fleet()));
    await settle(store, new Map([['H100-SXM5-80GB', RATES]]), {
      team: ['label:team'],
      environment: ['label:env'],
    });
    await buildAll(store, UNTIL);
    return () => store.close();
  });

  it('is the ledger by hour, holder and node', async () => {
    const hours = await store.holderHours(WINDOW);
    const [first] = hours.filter(({ workload }) => workload === 'serve');
    expect(first).toMatchObject({
      hourMs: START,
      workloadId: 'app/serve-1',
      kind: 'inference',
      team: 'search',
      environment: 'staging',
      node: 'node-1',
      pool: 'pool-1',
      lifecycle: 'on_demand',
      devices: 2,
      unpricedTicks: 0n,
    });
    expect(first!.cost).toMatchObject({ idle: 6n * PICOS_PER_UNIT, productive: 2n * PICOS_PER_UNIT });
    const free = hours.filter(({ workloadId }) => workloadId === '');
    expect(new Set(free.map(({ node, workload }) => `${node} ${workload}`))).toEqual(
      new Set(['node-1 nobody', 'node-2 nobody']),
    );
    const [total] = await store.ledger({ window: WINDOW, by: [] });
    expect(hours.reduce((sum, { cost }) => sum + grossOf(cost), 0n)).toBe(grossOf(total!.cost));
    expect(hours.reduce((sum, { ticks }) => sum + grossOf(ticks), 0n)).toBe(grossOf(total!.ticks));
  });

  it('is the most active device of each slot, where it is held whole', async () => {
    const slots = await store.activeSlots(WINDOW, ['app/serve-1', 'app/note'], 30 * MINUTE_MS);
    expect(
      slots.map(({ workloadId, slotMs, busyPpm }) => [workloadId, (slotMs - START) / MINUTE_MS, busyPpm]),
    ).toEqual([
      ['app/serve-1', 0, 500_000],
      ['app/serve-1', 30, 500_000],
      ['app/serve-1', 60, 250_000],
      ['app/serve-1', 90, 250_000],
      ['app/serve-1', 120, 0],
      ['app/serve-1', 150, 0],
      ['app/serve-1', 180, 0],
      ['app/serve-1', 210, 0],
    ]);
    expect(await store.activeSlots(WINDOW, [], HOUR_MS)).toEqual([]);
  });

  it('is what each device needs, never less than the percentile', async () => {
    const profiles = await store.usageProfiles(WINDOW, ['app/serve-1', 'app/note']);
    expect(profiles).toEqual(
      ['a', 'b'].map((deviceId) => ({
        workloadId: 'app/serve-1',
        deviceId,
        node: 'node-1',
        gpuModel: 'H100-SXM5-80GB',
        isWholeGpu: true,
        deviceMemoryMib: 81_559,
        samples: 48,
        memoryP99Mib: 40_016,
        busyP99Ppm: deviceId === 'a' ? 505_000 : 255_000,
        effectiveP99Ppm: null,
      })),
    );
    expect(await store.usageProfiles(WINDOW, [])).toEqual([]);
  });

  it('is who held which device, cut to the window', async () => {
    const half = { fromMs: START + HOUR_MS, toMs: WINDOW.toMs };
    const held = await store.heldDevices(half);
    const whole = { node: 'node-1', gpuModel: 'H100-SXM5-80GB', isWholeGpu: true, startMs: half.fromMs };
    expect(held.map(({ endMs: _, ...one }) => one)).toEqual([
      { ...whole, workloadId: 'app/note', deviceId: 'c', shareParts: PARTS_PER_GPU / 2 },
      { ...whole, workloadId: 'app/serve-1', deviceId: 'a', shareParts: PARTS_PER_GPU },
      { ...whole, workloadId: 'app/serve-1', deviceId: 'b', shareParts: PARTS_PER_GPU },
    ]);
    expect(held.every(({ endMs }) => endMs <= half.toMs)).toBe(true);
    expect(await store.heldDevices({ fromMs: 0, toMs: 1 })).toEqual([]);
  });

  it('is what servers counted by endpoint and hour, with replicas that serve two models once', async () => {
    const [first, second, ...rest] = await store.servedHours(WINDOW);
    expect(rest).toEqual([]);
    expect(first).toEqual({
      endpoint: 'serve',
      hourMs: START,
      requests: 400,
      replicaMs: 2 * HOUR_MS,
      // 100 requests in batches of 2.5, 100 in batches of 4; the others do not say.
      batches: 65,
      batchedRequests: 200,
      latencyMs: 8_000,
      queueMs: null,
      prefillMs: null,
      decodeMs: 300_000,
      promptTokens: 1_500,
      outputTokens: 800,
      running: 3,
      cacheUse: 0.25,
    });
    expect(second).toMatchObject({ hourMs: START + HOUR_MS, requests: 7, batches: null, running: null });
  });

  it('is what schedulers say of their queues', async () => {
    const queues = await store.queueSlots(WINDOW);
    expect(queues).toEqual([QUEUE, { ...QUEUE, queue: 'runai:vision', waitingMs: null, pendingGpus: null }]);
    expect(await store.queueSlots({ fromMs: UNTIL, toMs: UNTIL + HOUR_MS })).toEqual([]);
  });

  it('is who waited and who ended', async () => {
    const spans = await store.runSpans(WINDOW);
    expect(
      spans.map(({ runId, workloadId, queue, startMs, gangUntilMs }) => [
        runId,
        workloadId,
        queue,
        startMs,
        gangUntilMs,
      ]),
    ).toEqual([
      ['test:1', 'app/serve-1', null, START, START + HOUR_MS],
      ['test:2', null, 'gpu', null, null],
    ]);
  });

  it('is where nodes are bought', async () => {
    const places = await store.nodePlaces(WINDOW);
    expect(places.map(({ node, gpuModel, lifecycle }) => [node, gpuModel, lifecycle])).toEqual([
      ['node-1', 'H100-SXM5-80GB', 'on_demand'],
      ['node-2', 'H100-SXM5-80GB', 'on_demand'],
    ]);
    expect(places[0]).toEqual({ ...places[1], node: 'node-1' });
  });

  it('is which attempts could be taken away, and what they kept', async () => {
    expect(await store.interruptions(WINDOW)).toEqual([
      {
        runId: 'test:1',
        attempt: 1,
        name: 'train',
        workloadId: 'app/serve-1',
        state: 'succeeded',
        startMs: START,
        endMs: UNTIL,
        checkpoints: 2,
        checkpointSeconds: 30,
        deadlineHours: 12,
      },
    ]);
  });

  it('is what was changed, once for each change and time, and the later word holds', async () => {
    const fact = {
      changeId: 'scale-to-zero/serve',
      atMs: START,
      lever: 'scale-to-zero',
      target: 'serve',
      owner: 'search',
      takenBy: null,
      promised: { low: 1n, expected: 2n * PICOS_PER_UNIT, high: 3n * PICOS_PER_UNIT },
      currency: 'USD',
    };
    const take = (fact: TakenFact) =>
      store.importDataset({ name: 'taken:a', kind: 'taken', importedAtMs: 9 }, once({ taken: [fact] }));
    expect(await take(fact)).toMatchObject({ imported: 1 });
    expect(await take(fact)).toMatchObject({ imported: 0, unchanged: 1 });
    expect(await store.taken()).toEqual([fact]);
    const corrected = { ...fact, takenBy: 'amara', promised: null };
    expect(await take(corrected)).toMatchObject({ imported: 1 });
    expect(await store.taken()).toEqual([corrected]);
    expect(await store.staleWindows(UNTIL)).toEqual([]);
  });
});
