import type {
  AllocationFact,
  CapacityFact,
  ChargeFact,
  RunFact,
  UsageFact,
  WorkloadFact,
} from '../../src/domain/facts/facts.ts';
import { readActivity } from '../../src/domain/facts/read-activity.ts';
import { type EpochMs, MINUTE_MS } from '../../src/domain/time/window.ts';
import { PARTS_PER_GPU, TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';

/** Facts for tests: name what matters, the rest is an ordinary H100 on AWS, an ordinary pod, an ordinary billed line. */
type Interval = Readonly<{ startMs: EpochMs; endMs: EpochMs | null }>;

export function capacityFact(deviceId: string, given: Interval & Partial<CapacityFact>): CapacityFact {
  return {
    deviceId,
    gpuParts: PARTS_PER_GPU,
    node: 'node-1',
    nodeLife: null,
    gpuModel: 'H100-SXM5-80GB',
    memoryMib: 81_559,
    lifecycle: 'on_demand',
    provider: 'aws',
    region: 'us-east-1',
    instanceType: 'p5.48xlarge',
    pool: 'pool-1',
    resourceKey: null,
    attributes: {},
    ...given,
  };
}

export function workloadFact(workloadId: string, given: Partial<WorkloadFact> = {}): WorkloadFact {
  return { workloadId, kind: 'training', name: workloadId, attributes: {}, ...given };
}

export function allocationFact(
  workloadId: string,
  deviceId: string,
  given: Interval & Partial<AllocationFact>,
): AllocationFact {
  return { workloadId, deviceId, shareParts: PARTS_PER_GPU, lostFromMs: null, ...given };
}

/** A run that succeeded; it held what its workload held. */
export function runFact(runId: string, given: Partial<RunFact> = {}): RunFact {
  return {
    runId,
    attempt: 1,
    name: runId,
    experiment: null,
    state: 'succeeded',
    stateDetail: null,
    queue: null,
    queuedMs: null,
    startMs: null,
    endMs: null,
    workloadId: null,
    parentRunId: null,
    fingerprint: null,
    parameters: {},
    metrics: {},
    attributes: {},
    ...given,
  };
}

type Stretch = Readonly<{ fromMs: EpochMs; toMs: EpochMs; intervalMs?: number; engineActive?: number }>;

/** Samples of an even grid, the first at `fromMs`, the last one interval before `toMs`. */
export function samplesOf(
  deviceId: string,
  { fromMs, toMs, intervalMs = MINUTE_MS, engineActive = 0.5 }: Stretch,
): UsageFact[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / intervalMs) }, (_, index) => ({
    deviceId,
    atMs: fromMs + index * intervalMs,
    intervalMs,
    activity: readActivity({
      smActive: null,
      engineActive,
      gpuUtil: null,
      memoryUsedMib: 40_000,
      processes: 1,
    }),
    memoryUsedMib: 40_000,
    powerWatts: 400,
  }));
}

type Billed = Readonly<{ startMs: EpochMs; endMs: EpochMs; costPicos: bigint; gpuHours?: bigint }>;

/** A billed line; with `gpuHours` it buys GPU time, without it stands beside the buckets. */
export function chargeFact({
  costPicos,
  startMs,
  endMs,
  gpuHours,
  ...given
}: Billed & Partial<ChargeFact>): ChargeFact {
  return {
    where: 'bill.csv:2',
    billingPeriodStartMs: Date.UTC(2026, 9),
    billingPeriodEndMs: Date.UTC(2026, 10),
    chargePeriodStartMs: startMs,
    chargePeriodEndMs: endMs,
    chargeCategory: 'Usage',
    chargeClass: null,
    chargeDescription: null,
    chargeFrequency: 'Usage-Based',
    pricingCategory: 'Standard',
    commitmentDiscountId: null,
    commitmentDiscountStatus: null,
    provider: 'AWS',
    billingAccountId: 'payer',
    subAccountId: 'ml-prod',
    serviceCategory: gpuHours ? 'Compute' : 'Storage',
    serviceName: gpuHours ? 'EC2' : 'S3',
    skuId: null,
    regionId: 'us-east-1',
    resourceId: given.resourceKey ?? null,
    resourceKey: null,
    pricingQuantity: '1',
    pricingUnit: 'Hours',
    consumedQuantity: '1',
    consumedUnit: 'Hours',
    billedPicos: costPicos,
    effectivePicos: costPicos,
    listPicos: costPicos,
    contractedPicos: costPicos,
    costPicos,
    costBasis: 'effective',
    currency: 'USD',
    gpu: gpuHours
      ? {
          instanceType: 'p5.48xlarge',
          gpuModel: 'H100-SXM5-80GB',
          gpuCount: 8,
          ticks: gpuHours * TICKS_PER_GPU_HOUR,
        }
      : null,
    attributes: {},
    ...given,
  };
}
