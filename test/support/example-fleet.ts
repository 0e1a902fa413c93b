import type {
  Activity,
  AllocationFact,
  Attributes,
  CapacityFact,
  ChargeFact,
  UsageFact,
  WorkloadFact,
} from '../../src/domain/facts/facts.ts';
import { grossOf } from '../../src/domain/ledger/buckets.ts';
import {
  type FleetFacts,
  type LedgerRow,
  type WeighingRules,
  weighFleet,
} from '../../src/domain/ledger/weigh-fleet.ts';
import { formatPicos, parsePicos } from '../../src/domain/money/picos.ts';
import { type OwnerRules, resolveOwner } from '../../src/domain/ownership/owner.ts';
import { DAY_MS, type EpochMs } from '../../src/domain/time/window.ts';
import {
  PARTS_PER_GPU,
  TICKS_PER_GPU_HOUR,
  ticksToHours,
  toParts,
  toPpm,
} from '../../src/domain/units/gpu-time.ts';

/** Short words for the facts of worked examples. A day in which everything happens, and facts that say no more than they must. */
const MIDNIGHT = Date.UTC(2026, 9, 14);

/** `09:40`, or `33:00` for nine o'clock of the next day. */
export function clock(text: string): EpochMs {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return MIDNIGHT + (hours * 60 + minutes) * 60_000;
}

export function picos(decimal: string): bigint {
  const parsed = parsePicos(decimal);
  if (!parsed) throw new Error(`"${decimal}" is not a decimal`);
  return parsed.picos;
}

export function paid(
  deviceId: string,
  from: string,
  to: string,
  place: Partial<CapacityFact> = {},
): CapacityFact {
  return {
    deviceId,
    gpuParts: PARTS_PER_GPU,
    node: 'node-1',
    nodeLife: null,
    gpuModel: 'H100',
    memoryMib: null,
    lifecycle: 'on_demand',
    provider: null,
    region: null,
    instanceType: null,
    pool: null,
    resourceKey: null,
    attributes: {},
    startMs: clock(from),
    endMs: clock(to),
    ...place,
  };
}

export function held(
  deviceId: string,
  workloadId: string,
  from: string,
  to: string,
  { share = 1, lostFrom }: { share?: number; lostFrom?: string } = {},
): AllocationFact {
  return {
    deviceId,
    workloadId,
    shareParts: toParts(share),
    startMs: clock(from),
    endMs: clock(to),
    lostFromMs: lostFrom === undefined ? null : clock(lostFrom),
  };
}

export function workload(workloadId: string, attributes: Attributes = {}): WorkloadFact {
  return { workloadId, kind: 'inference', name: workloadId, attributes };
}

/** Samples at these times, all alike. */
export function sampled(
  deviceId: string,
  times: readonly string[],
  intervalMinutes: number,
  { engine, sm }: { engine: number; sm?: number },
): UsageFact[] {
  const activity: Activity = {
    busyPpm: toPpm(engine),
    effectivePpm: toPpm(sm ?? engine),
    basis: sm === undefined ? 'engine_active' : 'sm_active',
    isContradictory: false,
  };
  const known = { intervalMs: intervalMinutes * 60_000, memoryUsedMib: null, powerWatts: null };
  return times.map((time) => ({ deviceId, atMs: clock(time), activity, ...known }));
}

type Bought = Readonly<{
  from: string;
  to: string;
  cost: string;
  resource?: string;
  gpuHours?: number;
  attributes?: Attributes;
}>;

/** A billed line; with `gpuHours` it buys GPU time. */
export function billed({ from, to, cost, resource, gpuHours, attributes = {} }: Bought): ChargeFact {
  const amount = picos(cost);
  const ticks = gpuHours === undefined ? 0n : (TICKS_PER_GPU_HOUR * BigInt(gpuHours * 100)) / 100n;
  const unknown = {
    chargeClass: null,
    chargeDescription: null,
    chargeFrequency: null,
    pricingCategory: null,
    commitmentDiscountId: null,
    commitmentDiscountStatus: null,
    billingAccountId: null,
    subAccountId: null,
    serviceCategory: null,
    serviceName: null,
    skuId: null,
    regionId: null,
    pricingQuantity: null,
    pricingUnit: null,
    consumedQuantity: null,
    consumedUnit: null,
  };
  return {
    ...unknown,
    where: 'bill.csv:2',
    billingPeriodStartMs: Date.UTC(2026, 9),
    billingPeriodEndMs: Date.UTC(2026, 10),
    chargePeriodStartMs: clock(from),
    chargePeriodEndMs: clock(to),
    chargeCategory: 'Usage',
    provider: 'A Cloud',
    resourceId: resource ?? null,
    resourceKey: resource ?? null,
    billedPicos: amount,
    effectivePicos: amount,
    listPicos: null,
    contractedPicos: null,
    costPicos: amount,
    costBasis: 'effective',
    currency: 'USD',
    gpu: gpuHours === undefined ? null : { instanceType: null, gpuModel: 'H100', gpuCount: 1, ticks },
    attributes,
  };
}

type Rules = Readonly<{
  /** Per GPU-hour, by GPU model. */
  prices?: Readonly<Record<string, string>>;
  owners?: OwnerRules;
  shared?: WeighingRules['shared'];
  maxHoldIntervals?: number;
}>;

/** The oracle over these facts, up to the end of the example's time. */
export function weigh(facts: Partial<FleetFacts>, rules: Rules = {}): LedgerRow[] {
  const { prices = {}, owners = {}, shared = 'none', maxHoldIntervals = 2 } = rules;
  const untilMs = MIDNIGHT + 30 * DAY_MS;
  return weighFleet(
    { capacity: [], workloads: [], allocations: [], usage: [], charges: [], ...facts },
    {
      ratesOf: ({ gpuModel }) => (prices[gpuModel] === undefined ? [] : [rateOf(prices[gpuModel])]),
      ownerOf: (attributes) => resolveOwner(owners, attributes),
      shared,
      maxHoldIntervals,
      untilMs,
    },
    { fromMs: MIDNIGHT, toMs: untilMs },
  );
}

function rateOf(price: string) {
  return {
    fromMs: 0,
    toMs: null,
    perGpuHourPicos: picos(price),
    source: 'contract' as const,
    priceDate: '2026-10-01',
    reference: 'example',
  };
}

export function sumOf(rows: readonly LedgerRow[], amount: (row: LedgerRow) => bigint): bigint {
  return rows.reduce((sum, row) => sum + amount(row), 0n);
}

export const grossTicks = (row: LedgerRow) => grossOf(row.ticks);
export const grossCost = (row: LedgerRow) => grossOf(row.cost);

export const money = (amount: bigint) => formatPicos(amount);
export const hours = (ticks: bigint) => String(ticksToHours(ticks));
/** Whole GPU-seconds. */
export const seconds = (ticks: bigint) => String(ticks / (BigInt(PARTS_PER_GPU) * 1000n));
