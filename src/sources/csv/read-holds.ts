import type { AllocationFact, CapacityFact } from '../../domain/facts/facts.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, toParts } from '../../domain/units/gpu-time.ts';
import { warn } from '../../files/read-rows.ts';
import type { RowReader } from '../../files/row-reader.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { ReadSummary } from '../../ports/source.ts';

/** What a row of a pod, job or attempt says about the devices that it holds. */
export const HOLD_COLUMNS = [
  {
    name: 'device',
    isRequired: false,
    meaning:
      'id of the GPU or MIG slice that is held, several as a JSON list or joined by semicolons; without it the row stands on devices of its own',
  },
  { name: 'node', isRequired: false, meaning: 'machine, for rows without a device; `unplaced` when blank' },
  {
    name: 'gpuModel',
    isRequired: false,
    meaning: 'GPU model, for rows without a device; `unknown` when blank',
  },
  {
    name: 'gpus',
    isRequired: false,
    meaning: 'GPUs held, for rows without a device: a whole number, or a fraction below 1; 0 holds nothing',
  },
  {
    name: 'gpuMilli',
    isRequired: false,
    meaning: 'thousandths of a GPU held; counts where gpus is 1 or blank, because only one GPU can be shared',
  },
  {
    name: 'share',
    isRequired: false,
    meaning: 'share (0–1] of the device that is held; all of it when blank',
  },
] as const;

export type Hold = Readonly<{ deviceId: string; gpuParts: number; shareParts: number; isPlaced: boolean }>;

/** Where and on what a row stands. */
export type Holding = Readonly<{
  /** What is held, whole devices first; empty when the row asks for no GPU. */
  holds: readonly Hold[];
  gpuModel: string;
  node: string;
}>;

export type HeldTime = Readonly<{
  workloadId: string;
  startMs: EpochMs;
  endMs: EpochMs | null;
  lostFromMs: EpochMs | null;
}>;

/** Whether the row names a device or a number of GPUs. */
export function namesHolds(reader: RowReader): boolean {
  return ['device', 'gpus', 'gpuMilli'].some((name) => reader.text(name) !== null);
}

/** The row must name a device or a number of GPUs; 0 is one. */
export function readHolding(reader: RowReader, workloadId: string, catalog: HardwareCatalog): Holding {
  const reported = reader.text('gpuModel');
  return {
    holds: reader.text('device') === null ? readUnplaced(reader, workloadId) : readPlaced(reader),
    gpuModel: reported === null ? 'unknown' : (catalog.gpuModel(reported) ?? reported),
    node: reader.text('node') ?? 'unplaced',
  };
}

/** Collects the facts of holds: an allocation for each, and capacity for the devices that the rows bring themselves. */
export class HoldFacts {
  count = 0;
  ticks = 0n;
  lostTicks = 0n;
  #allocations: AllocationFact[] = [];
  #capacity: CapacityFact[] = [];
  readonly #nowMs: EpochMs;

  constructor(nowMs: EpochMs) {
    this.#nowMs = nowMs;
  }

  get waiting(): number {
    return this.#allocations.length;
  }

  /** The GPU time held, in ticks. */
  add(time: HeldTime, holding: Holding): bigint {
    const before = this.ticks;
    for (const hold of holding.holds) {
      this.#allocations.push({ ...time, deviceId: hold.deviceId, shareParts: hold.shareParts });
      if (!hold.isPlaced) this.#capacity.push(asCapacity(time, holding, hold));
      this.#addTicks(time, hold);
    }
    this.count += holding.holds.length;
    return this.ticks - before;
  }

  /** What was collected since the last time. */
  take(summary: ReadSummary): { allocations: AllocationFact[]; capacity: CapacityFact[] } {
    const taken = { allocations: this.#allocations, capacity: this.#capacity };
    warn(
      summary,
      'unplaced-allocations',
      'rows name no device, so each stands on devices of its own that are paid for exactly as long as they are held: idle and unallocated time of the real devices does not show. Add a `device` column, or import `capacity` and `allocations` with the same device ids',
      taken.capacity.length,
    );
    this.#allocations = [];
    this.#capacity = [];
    return taken;
  }

  /** What is still held counts to now. A device's own size is known only where the row made it; a placed one counts as a whole GPU. */
  #addTicks({ startMs, endMs, lostFromMs }: HeldTime, hold: Hold): void {
    const untilMs = endMs ?? Math.max(this.#nowMs, startMs);
    const parts = BigInt(hold.gpuParts) * BigInt(hold.shareParts);
    const whole = BigInt(PARTS_PER_GPU);
    this.ticks += (BigInt(untilMs - startMs) * parts) / whole;
    if (lostFromMs !== null) this.lostTicks += (BigInt(untilMs - lostFromMs) * parts) / whole;
  }
}

function readPlaced(reader: RowReader): Hold[] {
  const milli = reader.amount('gpuMilli');
  const share = reader.fraction('share', null) ?? (milli === null ? 1 : milli / 1000);
  if (share === 0 || share > 1)
    reader.fail(
      milli === null ? 'share' : 'gpuMilli',
      'out-of-range',
      `${share} is not a share of one device, above 0 and at most 1`,
    );
  return readDeviceIds(reader).map((deviceId) => ({
    deviceId,
    gpuParts: PARTS_PER_GPU,
    shareParts: toParts(share),
    isPlaced: true,
  }));
}

function readDeviceIds(reader: RowReader): string[] {
  const text = reader.id('device');
  const ids = text.startsWith('[') ? jsonList(reader, text) : text.split(';');
  return [...new Set(ids.map((id) => id.trim()).filter((id) => id !== ''))];
}

function jsonList(reader: RowReader, text: string): string[] {
  try {
    return (JSON.parse(text) as unknown[]).map(String);
  } catch {
    reader.fail('device', 'bad-list', `\`${text}\` is not a JSON list of device ids`);
    return [];
  }
}

/** Devices of its own for a row that names none: whole ones, or one that is as large as the fraction. */
function readUnplaced(reader: RowReader, workloadId: string): Hold[] {
  const gpus = readGpus(reader);
  const count = gpus > 0 && gpus < 1 ? 1 : gpus;
  const id = workloadId.replaceAll('/', ':');
  return Array.from({ length: reader.reject ? 0 : count }, (_, index) => ({
    deviceId: `unplaced:${id}:${index}`,
    gpuParts: toParts(Math.min(1, gpus)),
    shareParts: PARTS_PER_GPU,
    isPlaced: false,
  }));
}

/** `gpuMilli ÷ 1000` where one GPU is asked for, otherwise the number of GPUs. */
function readGpus(reader: RowReader): number {
  const gpus = reader.amount('gpus');
  const milli = reader.amount('gpuMilli');
  if (gpus === null && milli === null && !reader.reject)
    reader.fail(
      'gpus',
      'missing-gpus',
      'the row names neither a device nor a number of GPUs; map one of `device`, `gpus`, `gpuMilli`',
    );
  const asked = milli !== null && (gpus === null || gpus === 1) ? milli / 1000 : (gpus ?? 0);
  if (asked > 1 && !Number.isInteger(asked))
    reader.fail(
      gpus === null ? 'gpuMilli' : 'gpus',
      'out-of-range',
      `${asked} GPUs; expected a whole number, or a fraction below 1`,
    );
  return asked;
}

function asCapacity(
  { startMs, endMs }: HeldTime,
  { node, gpuModel }: Holding,
  { deviceId, gpuParts }: Hold,
): CapacityFact {
  return {
    deviceId,
    gpuParts,
    node,
    nodeLife: null,
    gpuModel,
    memoryMib: null,
    lifecycle: 'owned',
    provider: null,
    region: null,
    instanceType: null,
    pool: null,
    resourceKey: null,
    attributes: {},
    startMs,
    endMs,
  };
}
