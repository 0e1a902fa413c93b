import fc from 'fast-check';
import type {
  AllocationFact,
  Attributes,
  CapacityFact,
  ChargeFact,
  UsageFact,
} from '../../src/domain/facts/facts.ts';
import { type Measured, readActivity } from '../../src/domain/facts/read-activity.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../../src/domain/units/gpu-time.ts';
import { allocationFact, capacityFact, chargeFact } from './facts.ts';

export type NodeFacts = Readonly<{
  capacity: readonly CapacityFact[];
  allocations: readonly AllocationFact[];
  usage: readonly UsageFact[];
  charges: readonly ChargeFact[];
}>;

const DEVICES = [
  { deviceId: 'gpu-x', gpuParts: PARTS_PER_GPU, gpuModel: 'H100-SXM5-80GB' },
  { deviceId: 'gpu-y', gpuParts: PARTS_PER_GPU, gpuModel: 'A100-SXM4-80GB' },
  { deviceId: 'gpu-z:gi1', gpuParts: PARTS_PER_GPU / 7, gpuModel: 'H100-SXM5-80GB' },
];
const RESOURCE = 'i-ordinary';

const NOTHING_KNOWN: Measured = {
  smActive: null,
  engineActive: null,
  gpuUtil: null,
  memoryUsedMib: 30_000,
  processes: null,
};
const MEASURED: readonly Measured[] = [
  { ...NOTHING_KNOWN, smActive: 0.31, engineActive: 0.654321 },
  { ...NOTHING_KNOWN, engineActive: 0.7 },
  { ...NOTHING_KNOWN, gpuUtil: 0.123457 },
  { ...NOTHING_KNOWN, gpuUtil: 1, memoryUsedMib: 0 },
  NOTHING_KNOWN,
];

/**
 * One machine on a bill, as most are: its devices paid for all the time but for a gap that its life bridges, held by one workload
 * or by equal tenants, sampled on an even grid, some of the work lost.
 */
export function ordinaryNode(
  startMs: EpochMs,
  hours: number,
  workloads: readonly string[],
): fc.Arbitrary<NodeFacts> {
  const device = fc.record({
    holders: fc.constantFrom(0, 1, 1, 1, 2, 3),
    firstWorkload: fc.nat(workloads.length - 1),
    lostFromHour: fc.option(fc.integer({ min: 0, max: hours - 1 }), { freq: 2 }),
    intervalMs: fc.constantFrom(5 * MINUTE_MS, 20 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS),
    offGridMs: fc.constantFrom(0, 0, 0, 0, MINUTE_MS),
    measured: fc.array(fc.constantFrom(...MEASURED), { minLength: hours, maxLength: hours }),
    /** One sample of this hour rests on another measure than the rest. */
    oddHour: fc.option(fc.nat(hours - 1)),
    /** An hour without samples: the last one before it stands into it. */
    silentHour: fc.option(fc.nat(hours - 1), { freq: 2 }),
    gapMinutes: fc.constantFrom(0, 0, 30, 90),
    /** Behind the gap it is another machine, and the gap was not paid for. */
    isReborn: fc.constantFrom(false, false, true),
  });
  return fc
    .record({
      devices: fc.tuple(device, device, device),
      isTagged: fc.boolean(),
      billedHours: fc.constantFrom(0, 1, 3, hours),
      boughtPerHour: fc.constantFrom(1n, 2n, 3n),
      costs: fc.tuple(cost, cost, cost, cost),
    })
    .map(({ devices, isTagged, billedHours, boughtPerHour, costs }) => {
      const attributes: Attributes = isTagged ? { 'label:cost-centre': 'cc-9', 'tag:team': 'platform' } : {};
      const endMs = startMs + hours * HOUR_MS;
      return {
        capacity: devices.flatMap(({ gapMinutes, isReborn }, index) => {
          const place = { ...DEVICES[index]!, node: 'node-o', nodeLife: 'node-o@1', resourceKey: RESOURCE };
          const later = isReborn ? { nodeLife: 'node-o@2' } : {};
          const gapMs = startMs + 2 * HOUR_MS;
          const backMs = gapMs + gapMinutes * MINUTE_MS;
          return [
            capacityFact(place.deviceId, { ...place, attributes, startMs, endMs: gapMs }),
            capacityFact(place.deviceId, { ...place, ...later, attributes, startMs: backMs, endMs }),
          ];
        }),
        allocations: devices.flatMap(({ holders, firstWorkload, lostFromHour }, index) =>
          Array.from({ length: holders }, (_, tenant) =>
            allocationFact(
              workloads[(firstWorkload + tenant) % workloads.length]!,
              DEVICES[index]!.deviceId,
              {
                startMs,
                endMs,
                lostFromMs: lostFromHour === null ? null : startMs + lostFromHour * HOUR_MS,
              },
            ),
          ),
        ),
        usage: devices.flatMap((given, index) => gridOf(DEVICES[index]!.deviceId, startMs, given)),
        charges: chargesOf(startMs, billedHours, boughtPerHour, costs),
      };
    });
}

const cost = fc.bigInt({ min: 1n, max: 90_000_000_000_000n });

type Grid = Readonly<{
  intervalMs: number;
  offGridMs: number;
  measured: readonly Measured[];
  oddHour: number | null;
  silentHour: number | null;
}>;

function gridOf(
  deviceId: string,
  startMs: EpochMs,
  { intervalMs, offGridMs, measured, oddHour, silentHour }: Grid,
): UsageFact[] {
  const perHour = HOUR_MS / intervalMs;
  return measured.flatMap((activity, hour) =>
    Array.from({ length: hour === silentHour ? 0 : perHour }, (_, index) => {
      const isOdd = hour === oddHour && index === perHour - 1;
      return {
        deviceId,
        atMs: startMs + hour * HOUR_MS + index * intervalMs + offGridMs,
        intervalMs,
        activity: readActivity(isOdd ? { ...NOTHING_KNOWN, gpuUtil: 0.9 } : activity),
        memoryUsedMib: activity.memoryUsedMib,
        powerWatts: 300,
      };
    }),
  );
}

/** The machine in two lines whose tags differ, an hour of it that is billed again, and something for everybody in the first hours. */
function chargesOf(
  startMs: EpochMs,
  billedHours: number,
  boughtPerHour: bigint,
  [first, second, again, shared]: readonly [bigint, bigint, bigint, bigint],
): ChargeFact[] {
  const forEverybody = chargeFact({ startMs, endMs: startMs + 2 * HOUR_MS, costPicos: shared });
  if (billedHours === 0) return [forEverybody];
  const machine = {
    resourceKey: RESOURCE,
    startMs,
    endMs: startMs + billedHours * HOUR_MS,
    gpuHours: boughtPerHour * BigInt(billedHours),
  };
  return [
    forEverybody,
    chargeFact({ ...machine, costPicos: first, attributes: { 'tag:team': 'search' } }),
    chargeFact({ ...machine, costPicos: second, attributes: { 'tag:team': 'ranking', account: 'a-2' } }),
    chargeFact({ ...machine, endMs: startMs + HOUR_MS, gpuHours: 1n, costPicos: again }),
  ];
}
