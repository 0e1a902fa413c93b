import { createHash } from 'node:crypto';
import type {
  Activity,
  AllocationFact,
  Attributes,
  CapacityFact,
  ChargeFact,
  CheckpointFact,
  QueueFact,
  RevenueFact,
  RunFact,
  ScoreFact,
  TakenFact,
  UsageFact,
} from '../../domain/facts/facts.ts';
import { attributesKey } from '../../domain/ledger/attributes-key.ts';
import { buysGpuTime, pseudoDeviceOf } from '../../domain/ledger/purchases.ts';
import { placeOf } from '../../domain/ledger/stays.ts';
import type { PriceKey } from '../../domain/pricing/price.ts';
import { HOUR_MS } from '../../domain/time/window.ts';
import type { Cell } from './engine.ts';
import type { Interner } from './interner.ts';

/** Facts as rows, in the column order of the schema. What repeats (places, attributes, price keys) becomes a number. */
export type Interners = Readonly<{ places: Interner; attributeSets: Interner; priceKeys: Interner }>;

export function capacityCells(fact: CapacityFact, datasetId: number, interners: Interners): Cell[] {
  return [datasetId, fact.deviceId, fact.startMs, fact.endMs, fact.nodeLife ?? '', placeId(fact, interners)];
}

export function placeId(fact: CapacityFact, interners: Interners): number {
  return interners.places.idOf(placeOf(fact), () => [
    fact.node,
    fact.gpuModel,
    fact.gpuParts,
    fact.memoryMib === null ? null : Math.round(fact.memoryMib),
    fact.lifecycle,
    fact.provider ?? '',
    fact.region ?? '',
    fact.instanceType ?? '',
    fact.pool ?? '',
    fact.resourceKey ?? '',
    interners.priceKeys.idOf(priceKeyText(fact), () => []),
    attributeSetId(fact.attributes, interners),
  ]);
}

export function priceKeyText({
  provider,
  region,
  instanceType,
  gpuModel,
  lifecycle,
  node,
  pool,
}: PriceKey): string {
  return JSON.stringify([provider, region, instanceType, gpuModel, lifecycle, node, pool]);
}

export function parsePriceKey(text: string): PriceKey {
  const [provider, region, instanceType, gpuModel, lifecycle, node, pool] = JSON.parse(text);
  return { provider, region, instanceType, gpuModel, lifecycle, node, pool };
}

export function attributeSetId(attributes: Attributes, interners: Interners): number {
  // Owners are resolved when the ledger is built; until then the set has none.
  return interners.attributeSets.idOf(attributesKey(attributes), () => [
    '',
    '',
    '',
    '{}',
    attributes['account'] ?? '',
    attributes['service'] ?? '',
  ]);
}

export function parseAttributes(setKey: string): Attributes {
  return Object.fromEntries(JSON.parse(setKey));
}

export function allocationCells(fact: AllocationFact, datasetId: number): Cell[] {
  return [
    datasetId,
    fact.workloadId,
    fact.deviceId,
    fact.startMs,
    fact.endMs,
    fact.shareParts,
    fact.lostFromMs,
  ];
}

export function runCells(fact: RunFact, datasetId: number, interners: Interners): Cell[] {
  return [
    datasetId,
    fact.runId,
    fact.attempt,
    fact.name,
    fact.experiment ?? '',
    fact.state,
    fact.stateDetail ?? '',
    fact.queue ?? '',
    fact.queuedMs,
    fact.startMs,
    fact.endMs,
    fact.workloadId ?? '',
    fact.parentRunId ?? '',
    fact.fingerprint ?? '',
    sortedJson(fact.parameters),
    sortedJson(fact.metrics),
    attributeSetId(fact.attributes, interners),
    fact.gangUntilMs ?? null,
  ];
}

/** JSON knows no infinity; what is no number says nothing, and is left out. */
function sortedJson(record: Readonly<Record<string, string | number>>): string {
  const entries = Object.entries(record).filter(
    ([, value]) => typeof value === 'string' || Number.isFinite(value),
  );
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function checkpointCells(fact: CheckpointFact, datasetId: number): Cell[] {
  return [datasetId, fact.workloadId, fact.atMs];
}

export function scoreCells(fact: ScoreFact, datasetId: number): Cell[] {
  return [
    datasetId,
    fact.scoreId,
    fact.name,
    scoreNanos(fact.value),
    fact.atMs,
    fact.endpoint ?? '',
    fact.model ?? '',
    fact.promptName ?? '',
    fact.promptVersion ?? '',
    fact.requestId ?? '',
    fact.runId ?? '',
    fact.by ?? '',
  ];
}

/** As scores are kept and compared: in thousand-millionths. */
export function scoreNanos(value: number): bigint {
  return BigInt(Math.round(value * NANOS_PER_SCORE));
}

export const NANOS_PER_SCORE = 1e9;

export function revenueCells(fact: RevenueFact, datasetId: number): Cell[] {
  return [datasetId, fact.endpoint, fact.model ?? '', fact.fromMs, fact.per1kRequestsPicos];
}

export function queueCells(fact: QueueFact, datasetId: number): Cell[] {
  const milli = (value: number | null) => (value === null ? null : Math.round(value * 1_000));
  return [
    datasetId,
    fact.queue,
    fact.startMs,
    fact.endMs,
    fact.waitingMs,
    milli(fact.pendingWorkloads),
    milli(fact.pendingGpus),
    milli(fact.reservedGpus),
    milli(fact.usedGpus),
    milli(fact.nominalGpus),
  ];
}

export function takenCells(fact: TakenFact, datasetId: number): Cell[] {
  const { promised } = fact;
  return [
    datasetId,
    fact.changeId,
    fact.atMs,
    fact.lever,
    fact.target,
    fact.owner,
    fact.takenBy ?? '',
    promised?.low ?? null,
    promised?.expected ?? null,
    promised?.high ?? null,
    fact.currency,
  ];
}

export function usageCells(fact: UsageFact, datasetId: number): Cell[] {
  const memoryMib = fact.memoryUsedMib === null ? null : Math.round(fact.memoryUsedMib);
  const { busyPpm, effectivePpm } = fact.activity;
  return [
    datasetId,
    fact.deviceId,
    fact.atMs,
    fact.intervalMs,
    busyPpm,
    busyPpm === null ? null : (effectivePpm ?? busyPpm),
    basisCode(fact.activity),
    gridOf(fact),
    memoryMib,
    fact.powerWatts,
  ];
}

/** How many values a basis code has room for in a grid number. */
export const GRID_BASES = 8;

/** Less the basis code: the grid of stretches that fill their hour together, whatever their lengths. */
export const ROLLED_UP_GRID = -2;

/** See the schema. An interval that does not fill the hour evenly has no grid; neither has a sample beside it. */
export function gridOf({ atMs, intervalMs, activity }: UsageFact): number {
  const isOnGrid = intervalMs > 0 && HOUR_MS % intervalMs === 0 && atMs % intervalMs === 0;
  return isOnGrid ? intervalMs * GRID_BASES + basisCode(activity) + 1 : 0;
}

const BASIS_CODES = { none: 0, sm_active: 1, engine_active: 2, gpu_util: 3 } as const;
export const CONTRADICTORY = -1;

function basisCode(activity: Activity): number {
  if (activity.isContradictory) return CONTRADICTORY;
  return activity.busyPpm === null ? BASIS_CODES.none : BASIS_CODES[activity.basis];
}

export function basisOf(code: number): Activity['basis'] {
  return (['none', 'sm_active', 'engine_active', 'gpu_util'] as const)[code] ?? 'none';
}

/** Charges that say the same are numbered once all are there. */
const UNNUMBERED = 0;

/** Everything a charge says, but the line it stood on: the same charge moved within its file is the same charge. */
export function chargeCells(fact: ChargeFact, datasetId: number, interners: Interners): Cell[] {
  const payload: Cell[] = [
    fact.billingPeriodStartMs,
    fact.billingPeriodEndMs,
    fact.chargePeriodStartMs,
    fact.chargePeriodEndMs,
    fact.chargeCategory,
    fact.chargeClass ?? '',
    fact.chargeDescription ?? '',
    fact.chargeFrequency ?? '',
    fact.pricingCategory ?? '',
    fact.commitmentDiscountId ?? '',
    fact.commitmentDiscountStatus ?? '',
    fact.provider,
    fact.billingAccountId ?? '',
    fact.subAccountId ?? '',
    fact.serviceCategory ?? '',
    fact.serviceName ?? '',
    fact.skuId ?? '',
    fact.regionId ?? '',
    fact.resourceId ?? '',
    fact.resourceKey ?? '',
    fact.pricingQuantity ?? '',
    fact.pricingUnit ?? '',
    fact.consumedQuantity ?? '',
    fact.consumedUnit ?? '',
    fact.billedPicos,
    fact.effectivePicos,
    fact.listPicos,
    fact.contractedPicos,
    fact.costPicos,
    fact.costBasis,
    fact.currency,
    ...gpuCells(fact),
  ];
  const commitment = commitmentCells(fact);
  // A line without a commitment keeps the digest that it had before lines could say more of theirs.
  const said = [payload, attributesKey(fact.attributes), ...(fact.commitment ? [commitment] : [])];
  const text = JSON.stringify(said, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 27);
  return [
    datasetId,
    hash,
    UNNUMBERED,
    fact.where,
    ...payload,
    attributeSetId(fact.attributes, interners),
    ...commitment,
  ];
}

function commitmentCells({ commitment }: ChargeFact): Cell[] {
  return [
    commitment?.name ?? '',
    commitment?.type ?? '',
    commitment?.category ?? '',
    commitment?.quantityPicos ?? null,
    commitment?.unit ?? '',
  ];
}

function gpuCells(fact: ChargeFact): Cell[] {
  if (!fact.gpu || !buysGpuTime(fact)) return ['', 0n, '', '', ''];
  const { gpu } = fact;
  return [
    pseudoDeviceOf(fact),
    gpu.ticks,
    gpu.gpuModel ?? 'unknown',
    gpu.instanceType ?? '',
    lifecycleOf(fact),
  ];
}

function lifecycleOf(fact: ChargeFact): string {
  if (fact.pricingCategory === 'Dynamic') return 'spot';
  return fact.commitmentDiscountId || fact.pricingCategory === 'Committed' ? 'committed' : 'on_demand';
}
