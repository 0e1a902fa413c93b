import fc from 'fast-check';
import type {
  AllocationFact,
  Attributes,
  CapacityFact,
  ChargeFact,
  CheckpointFact,
  UsageFact,
  WorkloadFact,
} from '../../src/domain/facts/facts.ts';
import { readActivity } from '../../src/domain/facts/read-activity.ts';
import type { FleetFacts } from '../../src/domain/ledger/fleet-facts.ts';
import type { Rate } from '../../src/domain/pricing/price.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../../src/domain/units/gpu-time.ts';
import { chargeFact } from './facts.ts';
import { ordinaryNode } from './ordinary-node.ts';

/**
 * A random fleet over a few hours, with everything that makes a ledger hard: facts that know nothing of each other, and beside them an
 * ordinary node, since what is common must be right as often as what is odd.
 */
export type RandomFleet = Readonly<{ facts: FleetFacts; rates: ReadonlyMap<string, readonly Rate[]> }>;

export const START = Date.UTC(2026, 9, 13, 20);
export const HOURS = 6;
export const UNTIL = START + HOURS * HOUR_MS - 7 * MINUTE_MS;

const SPAN = HOURS * HOUR_MS;
const DEVICES = ['gpu-a', 'gpu-b', 'gpu-c:gi1'];
const WORKLOADS = ['search/llm-0', 'search/llm-1', 'research/notebook', 'ranking/train'];
const MODELS = ['H100-SXM5-80GB', 'A100-SXM4-80GB'];

/** Instants of three kinds: anywhere, on the minute, on the hour. */
const instant = fc
  .oneof(
    fc.integer({ min: 0, max: SPAN }),
    fc.integer({ min: 0, max: SPAN / MINUTE_MS }).map((minute) => minute * MINUTE_MS),
    fc.integer({ min: 0, max: HOURS }).map((hour) => hour * HOUR_MS),
  )
  .map((offset) => START + offset);

const attributes: fc.Arbitrary<Attributes> = fc.constantFrom<Attributes>(
  {},
  { 'label:team': 'search' },
  { 'label:team': 'ranking', 'label:env': 'prod' },
  { 'label:cost-centre': 'cc-7' },
);

const capacity = fc
  .record({
    deviceId: fc.constantFrom(...DEVICES),
    node: fc.constantFrom('node-1', 'node-2'),
    nodeLife: fc.constantFrom(null, null, 'node-1@1', 'node-2@1'),
    gpuModel: fc.constantFrom(...MODELS),
    lifecycle: fc.constantFrom('on_demand' as const, 'spot' as const, 'owned' as const),
    resourceKey: fc.constantFrom(null, 'i-1', 'i-2'),
    attributes,
    startMs: instant,
    length: fc.option(fc.oneof(fc.integer({ min: 1, max: SPAN }), fc.integer({ min: HOUR_MS, max: SPAN }))),
  })
  .map(
    ({ length, ...fact }): CapacityFact => ({
      ...fact,
      gpuParts: fact.deviceId.includes(':gi') ? PARTS_PER_GPU / 7 : PARTS_PER_GPU,
      memoryMib: 81_559,
      provider: 'aws',
      region: 'us-east-1',
      instanceType: 'p5.48xlarge',
      pool: null,
      endMs: length === null ? null : fact.startMs + length,
    }),
  );

const allocation = fc
  .record({
    workloadId: fc.constantFrom(...WORKLOADS),
    deviceId: fc.constantFrom(...DEVICES),
    shareParts: fc.constantFrom(
      PARTS_PER_GPU,
      PARTS_PER_GPU,
      PARTS_PER_GPU / 2,
      PARTS_PER_GPU / 3,
      386_400,
      1,
    ),
    startMs: instant,
    length: fc.option(fc.oneof(fc.integer({ min: 1, max: SPAN }), fc.integer({ min: HOUR_MS, max: SPAN }))),
    lostAfter: fc.option(fc.integer({ min: 0, max: SPAN / 4 })),
  })
  .map(
    ({ length, lostAfter, ...fact }): AllocationFact => ({
      ...fact,
      endMs: length === null ? null : fact.startMs + length,
      lostFromMs: lostAfter === null ? null : fact.startMs + lostAfter,
    }),
  );

const fraction = fc.option(fc.constantFrom(0, 1, 0.5, 0.123457, 0.9999995, 0.34));

/** A stretch of samples of one device: an even grid, or with jitter, and with holes. */
const stretch = fc
  .record({
    deviceId: fc.constantFrom(...DEVICES),
    startMs: instant,
    intervalMs: fc.constantFrom(MINUTE_MS, 57_000, 5 * MINUTE_MS, 30 * MINUTE_MS),
    jitterMs: fc.constantFrom(0, 0, 1, 777),
    samples: fc.array(
      fc.record({
        isMissing: fc.constantFrom(false, false, false, false, true),
        sm: fraction,
        engine: fraction,
        util: fraction,
        memory: fc.constantFrom(null, 0, 40_000),
      }),
      { minLength: 1, maxLength: 130 },
    ),
  })
  .map(({ deviceId, startMs, intervalMs, jitterMs, samples }): UsageFact[] =>
    samples.flatMap((sample, index) =>
      sample.isMissing
        ? []
        : [
            {
              deviceId,
              atMs: startMs + index * intervalMs + (index % 3) * jitterMs,
              intervalMs,
              activity: readActivity({
                smActive: sample.sm,
                engineActive: sample.engine,
                gpuUtil: sample.util,
                memoryUsedMib: sample.memory,
                processes: null,
              }),
              memoryUsedMib: sample.memory,
              powerWatts: null,
            },
          ],
    ),
  );

const charge = fc
  .record({
    resource: fc.constantFrom('i-1', 'i-2', 'i-forgotten', null),
    startMs: instant,
    lengthMs: fc.constantFrom(0, HOUR_MS, HOUR_MS, 3 * HOUR_MS, 24 * HOUR_MS, 1),
    costPicos: fc.bigInt({ min: -5_000_000_000_000n, max: 900_000_000_000_000n }),
    gpuHours: fc.constantFrom(0n, 0n, 1n, 2n, 8n),
    attributes: fc.constantFrom<Attributes>({}, { 'tag:team': 'search' }, { account: 'a-1' }),
    service: fc.constantFrom('EC2', 'S3', null),
  })
  .map(
    ({ resource, startMs, lengthMs, costPicos, gpuHours, attributes: tags, service }): ChargeFact =>
      chargeFact({
        resourceKey: resource,
        startMs,
        endMs: startMs + lengthMs,
        costPicos,
        ...(gpuHours > 0n ? { gpuHours } : {}),
        attributes: tags,
        serviceName: service,
      }),
  );

const rates = fc
  .record(
    Object.fromEntries(
      MODELS.map((model) => [
        model,
        fc.record({
          price: fc.oneof(
            { weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 5_000_000_000_000n }) },
            // Around and beyond what is divided quickly: a hundred for a GPU-hour, as in yen.
            { weight: 1, arbitrary: fc.bigInt({ min: 49_999_999_999_999n, max: 900_000_000_000_000_000n }) },
          ),
          changeAt: fc.option(instant),
          endsAt: fc.option(instant),
          isKnown: fc.boolean(),
        }),
      ]),
    ),
  )
  .map((byModel) => {
    const result = new Map<string, readonly Rate[]>();
    for (const [model, { price, changeAt, endsAt, isKnown }] of Object.entries(byModel)) {
      const rate = (fromMs: number, toMs: number | null, picos: bigint): Rate => ({
        fromMs,
        toMs,
        perGpuHourPicos: picos,
        source: 'price_book',
        priceDate: '2026-10-01',
        reference: model,
      });
      const first = START - 24 * HOUR_MS;
      const known = isKnown ? [rate(first, changeAt, price)] : [];
      const later = changeAt === null ? [] : [rate(changeAt, null, price * 2n)];
      result.set(model, cutAt(endsAt, [...known, ...later]));
    }
    return result as ReadonlyMap<string, readonly Rate[]>;
  });

/** A price list may end; what comes behind it has no price. */
function cutAt(endMs: number | null, list: readonly Rate[]): readonly Rate[] {
  if (endMs === null) return list;
  return list
    .filter((rate) => rate.fromMs < endMs)
    .map((rate) => ({ ...rate, toMs: Math.min(rate.toMs ?? endMs, endMs) }));
}

const workloads: readonly WorkloadFact[] = [
  {
    workloadId: 'search/llm-0',
    kind: 'inference',
    name: 'search-llm',
    attributes: { 'label:team': 'search', 'label:model': 'llm' },
  },
  { workloadId: 'search/llm-1', kind: 'inference', name: 'search-llm', attributes: { namespace: 'search' } },
  { workloadId: 'research/notebook', kind: 'notebook', name: 'notebook', attributes: {} },
];

const checkpoint: fc.Arbitrary<CheckpointFact> = fc.record({
  workloadId: fc.constantFrom(...WORKLOADS),
  atMs: instant,
});

export const randomFleet: fc.Arbitrary<RandomFleet> = fc
  .record({
    capacity: fc.uniqueArray(capacity, {
      maxLength: 10,
      selector: (fact) => `${fact.deviceId} ${fact.startMs}`,
    }),
    allocations: fc.uniqueArray(allocation, {
      minLength: 1,
      maxLength: 12,
      selector: (fact) => `${fact.workloadId} ${fact.deviceId} ${fact.startMs}`,
    }),
    usage: fc.array(stretch, { minLength: 1, maxLength: 5 }),
    charges: fc.array(charge, { maxLength: 6 }),
    checkpoints: fc.uniqueArray(checkpoint, {
      maxLength: 8,
      selector: (fact) => `${fact.workloadId} ${fact.atMs}`,
    }),
    ordinary: ordinaryNode(START, HOURS, WORKLOADS),
    rates,
  })
  .map((fleet) => ({
    facts: {
      capacity: [...fleet.capacity, ...fleet.ordinary.capacity],
      workloads,
      allocations: [...fleet.allocations, ...fleet.ordinary.allocations],
      usage: firstOfEach([...fleet.usage.flat(), ...fleet.ordinary.usage]),
      charges: [...fleet.charges, ...fleet.ordinary.charges],
      checkpoints: fleet.checkpoints,
    },
    rates: fleet.rates,
  }));

/** A device has one sample at a time; the store keeps one, and so must the oracle be given one. */
function firstOfEach(usage: readonly UsageFact[]): UsageFact[] {
  return [...new Map(usage.map((fact) => [`${fact.deviceId} ${fact.atMs}`, fact])).values()];
}
