import type { ChargeCategory, GpuPurchase } from '../../domain/facts/facts.ts';
import type { HardwareCatalog, InstanceShape } from '../../ports/hardware-catalog.ts';
import { findGpuCount, findGpuModel, findInstance } from './find-hardware.ts';
import type { FocusColumn } from './focus-columns.ts';
import { parseTimeUnit, type TimeUnit, toTicks } from './gpu-hours.ts';
import { parseSkuDetails, type SkuDetails } from './sku-details.ts';
import { cacheByText } from './text-cache.ts';

/** What of a charge can say that it buys GPU time. Quantities are plain decimal texts. */
export type GpuEvidence = Readonly<{
  chargeCategory: ChargeCategory;
  chargeClass: string | null;
  commitmentDiscountStatus: 'Used' | 'Unused' | null;
  consumedQuantity: string | null;
  consumedUnit: string | null;
  pricingQuantity: string | null;
  pricingUnit: string | null;
  serviceName: string | null;
  /** Asked only when the rest does not already say no. */
  text: (column: GpuTextColumn) => string | null;
}>;

/** Where a machine type may stand in so many words, the most telling first. */
const WORDY_COLUMNS = [
  'SkuMeter',
  'x_UsageType',
  'x_SkuMeterName',
  'ChargeDescription',
  'x_SkuDescription',
  'SkuId',
] as const satisfies readonly FocusColumn[];

export type GpuTextColumn =
  | (typeof WORDY_COLUMNS)[number]
  | 'SkuPriceDetails'
  | 'x_SkuDetails'
  | 'x_InstanceType';

export type GpuPurchaseReader = (evidence: GpuEvidence) => GpuPurchase | null;

type MachineTime = Readonly<{ quantity: string; unit: TimeUnit }>;

/**
 * Hourly lines that name a GPU machine or a GPU without selling its time: taking them would count the same hours twice.
 */
const NOT_MACHINE_TIME: readonly Readonly<{ pattern: RegExp; why: string }>[] = [
  {
    pattern: /licen[cs](?:e|es|ing)\b(?! included)/i,
    why: 'Windows, RHEL and vGPU licences are metered by the hour of the machine',
  },
  { pattern: /software ?usage|aws marketplace/i, why: 'Marketplace software on top of the machine' },
  { pattern: /\bEBS ?-?Optimized/i, why: 'AWS: EBS throughput of older machines' },
  {
    pattern: /(?:^|[-\s])Reservation:/,
    why: 'AWS: used part of a capacity reservation; the machine has its own line',
  },
  { pattern: /\bEKS-?Auto|management fee|uplift/i, why: 'management fee on top of the machine' },
  { pattern: /elastic ?map ?reduce|\bEMR\b/i, why: 'AWS: EMR surcharge on top of the machine' },
  { pattern: /^commitment\b/i, why: 'Google: the fee of a committed use discount' },
  {
    pattern: /\b(?:instance|predefined|custom|preemptible) (?:core|ram|cpu|vcpu|memory)\b/i,
    why: 'Google: cores and memory of a machine are sold beside its GPUs',
  },
];

/**
 * Tells which charges buy GPU time, and how much: machine-hours × GPUs, exact.
 *
 * A charge does when it is usage (no correction, no unused commitment), has a positive quantity in time, and names a machine
 * that the catalogue knows, states a GpuCount, or sells GPUs by themselves (`GPU-Hours`, Google's GPU SKUs).
 */
export function createGpuPurchaseReader(catalog: HardwareCatalog): GpuPurchaseReader {
  const unitOf = cacheByText(parseTimeUnit);
  const detailsOf = cacheByText(parseSkuDetails);
  const instanceIn = cacheByText((text) => findInstance(text, catalog));
  const modelIn = cacheByText((text) => findGpuModel(text, catalog));
  const isSurcharge = cacheByText((text) => NOT_MACHINE_TIME.some(({ pattern }) => pattern.test(text)));

  return (evidence) => {
    if (!isUsage(evidence)) return null;
    const time = machineTime(evidence, unitOf);
    if (!time) return null;
    const texts = WORDY_COLUMNS.map(evidence.text).filter((text) => text !== null);
    if ([...texts, evidence.serviceName ?? ''].some(isSurcharge)) return null;

    const details = mergeDetails(evidence, detailsOf);
    const instanceType = evidence.text('x_InstanceType');
    const shape = firstOf([instanceType, details.instanceType, ...texts], instanceIn);
    const namedModel = firstOf([details.gpuModel, ...texts], modelIn);
    const count = gpuCount(time, details, shape, namedModel, texts);
    if (count === undefined) return null;
    const ticks = toTicks(time.quantity, time.unit, count);
    if (ticks === undefined || ticks <= 0n) return null;
    return {
      instanceType: shape?.instanceType ?? details.instanceType ?? instanceType,
      gpuModel: shape?.gpuModel ?? namedModel ?? details.gpuModel,
      gpuCount: Number(count),
      ticks,
    };
  };
}

function isUsage(evidence: GpuEvidence): boolean {
  return (
    evidence.chargeCategory === 'Usage' &&
    evidence.chargeClass === null &&
    evidence.commitmentDiscountStatus !== 'Unused'
  );
}

/** The quantity that counts time, hours before other units, what was consumed before what was priced. */
function machineTime(
  evidence: GpuEvidence,
  unitOf: (text: string) => TimeUnit | undefined,
): MachineTime | undefined {
  const consumed = asTime(evidence.consumedQuantity, evidence.consumedUnit, unitOf);
  const priced = asTime(evidence.pricingQuantity, evidence.pricingUnit, unitOf);
  const times = [consumed, priced].filter((time) => time !== undefined);
  return times.find(({ unit }) => unit.seconds === 3_600n) ?? times[0];
}

function asTime(
  quantity: string | null,
  unitText: string | null,
  unitOf: (text: string) => TimeUnit | undefined,
): MachineTime | undefined {
  const unit = unitText === null ? undefined : unitOf(unitText);
  return unit && quantity !== null ? { quantity, unit } : undefined;
}

function mergeDetails(evidence: GpuEvidence, detailsOf: (text: string) => SkuDetails): SkuDetails {
  const standard = detailsOf(evidence.text('SkuPriceDetails') ?? '');
  const azure = detailsOf(evidence.text('x_SkuDetails') ?? '');
  return {
    instanceType: standard.instanceType ?? azure.instanceType,
    gpuCount: standard.gpuCount ?? azure.gpuCount,
    gpuModel: standard.gpuModel ?? azure.gpuModel,
  };
}

function firstOf<Found>(
  texts: readonly (string | null)[],
  find: (text: string) => Found | undefined,
): Found | undefined {
  for (const text of texts) {
    const found = text === null ? undefined : find(text);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** GPUs per unit of time as a decimal text; `undefined` when the line buys none. */
function gpuCount(
  time: MachineTime,
  details: SkuDetails,
  shape: InstanceShape | undefined,
  namedModel: string | undefined,
  texts: readonly string[],
): string | undefined {
  if (time.unit.isGpuTime) return '1';
  if (details.gpuCount !== null) return details.gpuCount;
  if (shape) return shape.gpuCount > 0 ? String(shape.gpuCount) : undefined;
  const counted = namedModel === undefined ? undefined : firstOf(texts, findGpuCount);
  if (counted !== undefined) return counted;
  return texts.some((text) => sellsGpus(text, namedModel)) ? '1' : undefined;
}

/** Google sells GPUs apart from the machine they sit in: `Nvidia H100 80GB GPU running in Americas`, by the GPU-hour. */
function sellsGpus(text: string, namedModel: string | undefined): boolean {
  return /\bgpus?\b/i.test(text) && (namedModel !== undefined || /\bgpu (?:attached|running)\b/i.test(text));
}
