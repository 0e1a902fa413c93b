import type { TareSettings } from '../../src/app/tare.ts';
import type {
  AllocationFact,
  CapacityFact,
  ChargeFact,
  FactBatch,
  UsageFact,
  WorkloadFact,
} from '../../src/domain/facts/facts.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';
import { DEFAULT_OWNER_RULES } from '../../src/domain/ownership/owner.ts';
import { HOUR_MS, SECOND_MS } from '../../src/domain/time/window.ts';
import { PARTS_PER_GPU, toPpm } from '../../src/domain/units/gpu-time.ts';
import type { PriceBook } from '../../src/ports/price-book.ts';

/**
 * Three GPUs for three hours, small enough to weigh by hand:
 *
 * - `gpu-a` on the rented node `a3-04`: held by `search-llm` (inference, team search), a kernel runs 34 % of the time
 * - `gpu-b` on the same node: observed, held by nobody
 * - `gpu-c` on the owned node `own-01`: held by `notebook-7` (team research), fully busy, not observed in the last hour, no price
 *
 * The bill has the first two hours of `a3-04` at 6.92 an hour (3.46 a GPU-hour); the third is estimated at 3.41 from the price book.
 * Beside it stand 10.00 for storage tagged with team search, and 3.00 for support that names nobody.
 */
export const NINE = Date.UTC(2026, 9, 14, 9);
export const NOON = NINE + 3 * HOUR_MS;
export const SMALL_WINDOW = { fromMs: NINE, toMs: NOON };

export const SMALL_SETTINGS: TareSettings = {
  currency: 'USD',
  shared: 'none',
  maxHoldIntervals: 2,
  exchangeRates: {},
  owners: DEFAULT_OWNER_RULES,
};

export const SMALL_PRICE_BOOK: PriceBook = {
  name: 'test',
  rates: ({ gpuModel }, { fromMs, toMs }) =>
    gpuModel === 'H100'
      ? [
          {
            fromMs,
            toMs,
            perGpuHourPicos: picos('3.41'),
            source: 'price_book',
            priceDate: '2026-10-01',
            reference: 'list price of an H100',
          },
        ]
      : [],
};

export function smallFleet(): Required<
  Pick<FactBatch, 'capacity' | 'workloads' | 'allocations' | 'usage' | 'charges'>
> {
  return {
    capacity: [
      capacity('gpu-a', { node: 'a3-04', pool: 'serving' }),
      capacity('gpu-b', { node: 'a3-04', pool: 'serving' }),
      capacity('gpu-c', {
        node: 'own-01',
        pool: 'research',
        gpuModel: 'A100',
        lifecycle: 'owned',
        provider: null,
        resourceKey: null,
      }),
    ],
    workloads: [
      {
        workloadId: 'pod/search-llm',
        kind: 'inference',
        name: 'search-llm',
        attributes: { 'label:team': 'search' },
      },
      {
        workloadId: 'pod/notebook-7',
        kind: 'notebook',
        name: 'notebook-7',
        attributes: { 'label:team': 'research' },
      },
    ] satisfies WorkloadFact[],
    allocations: [allocation('pod/search-llm', 'gpu-a'), allocation('pod/notebook-7', 'gpu-c')],
    usage: [
      ...samples('gpu-a', 0.34, NOON),
      ...samples('gpu-b', 0, NOON),
      ...samples('gpu-c', 1, NOON - HOUR_MS),
    ],
    charges: [
      charge({ where: 'bill.csv:2', hour: 0, cost: '6.92' }),
      charge({ where: 'bill.csv:3', hour: 1, cost: '6.92' }),
      charge({
        where: 'bill.csv:4',
        hour: 0,
        cost: '10',
        resourceId: 'disk-1',
        team: 'search',
        serviceName: 'Storage',
      }),
      charge({ where: 'bill.csv:5', hour: 0, cost: '3', resourceId: 'support', serviceName: 'Support' }),
    ],
  };
}

function capacity(deviceId: string, place: Partial<CapacityFact>): CapacityFact {
  return {
    deviceId,
    gpuParts: PARTS_PER_GPU,
    node: 'a3-04',
    nodeLife: null,
    gpuModel: 'H100',
    memoryMib: 81_559,
    lifecycle: 'on_demand',
    provider: 'Google Cloud',
    region: 'us-east1',
    instanceType: 'a3-highgpu-2g',
    pool: null,
    resourceKey: 'a3-04',
    attributes: {},
    startMs: NINE,
    endMs: NOON,
    ...place,
  };
}

function allocation(workloadId: string, deviceId: string): AllocationFact {
  return { workloadId, deviceId, shareParts: PARTS_PER_GPU, startMs: NINE, endMs: NOON, lostFromMs: null };
}

const INTERVAL_MS = 30 * SECOND_MS;

function samples(deviceId: string, engineActive: number, untilMs: number): UsageFact[] {
  const busyPpm = toPpm(engineActive);
  return Array.from({ length: (untilMs - NINE) / INTERVAL_MS }, (_, index) => ({
    deviceId,
    atMs: NINE + index * INTERVAL_MS,
    // The last sample of a device ends with its series: it stands for one interval and no more.
    intervalMs: index === (untilMs - NINE) / INTERVAL_MS - 1 ? INTERVAL_MS / 2 : INTERVAL_MS,
    activity: { busyPpm, effectivePpm: busyPpm, basis: 'engine_active' as const, isContradictory: false },
    memoryUsedMib: 40_000,
    powerWatts: 300,
  }));
}

type Billed = Readonly<{
  where: string;
  hour: number;
  cost: string;
  resourceId?: string;
  team?: string;
  serviceName?: string;
}>;

function charge({
  where,
  hour,
  cost,
  resourceId = 'a3-04',
  team,
  serviceName = 'Compute',
}: Billed): ChargeFact {
  const startMs = NINE + hour * HOUR_MS;
  const isGpu = resourceId === 'a3-04';
  const amount = picos(cost);
  return {
    where,
    billingPeriodStartMs: Date.UTC(2026, 9),
    billingPeriodEndMs: Date.UTC(2026, 10),
    chargePeriodStartMs: startMs,
    chargePeriodEndMs: startMs + HOUR_MS,
    chargeCategory: 'Usage',
    chargeClass: null,
    chargeDescription: isGpu ? 'a3-highgpu-2g in us-east1' : serviceName,
    chargeFrequency: 'Usage-Based',
    pricingCategory: 'Standard',
    commitmentDiscountId: null,
    commitmentDiscountStatus: null,
    provider: 'Google Cloud',
    billingAccountId: 'acme',
    subAccountId: 'ml-prod',
    serviceCategory: isGpu ? 'Compute' : 'Other',
    serviceName,
    skuId: null,
    regionId: 'us-east1',
    resourceId,
    resourceKey: resourceId,
    pricingQuantity: '1',
    pricingUnit: 'Hours',
    consumedQuantity: '1',
    consumedUnit: 'Hours',
    billedPicos: amount,
    effectivePicos: amount,
    listPicos: amount,
    contractedPicos: amount,
    costPicos: amount,
    costBasis: 'effective',
    currency: 'USD',
    gpu: isGpu
      ? {
          instanceType: 'a3-highgpu-2g',
          gpuModel: 'H100',
          gpuCount: 2,
          ticks: 2n * BigInt(HOUR_MS) * BigInt(PARTS_PER_GPU),
        }
      : null,
    attributes: team ? { 'tag:team': team } : {},
  };
}

function picos(decimal: string): bigint {
  const parsed = parsePicos(decimal);
  if (!parsed) throw new Error(`"${decimal}" is not a decimal`);
  return parsed.picos;
}
