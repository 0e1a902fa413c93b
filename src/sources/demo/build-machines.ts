import { resourceKey } from '../../domain/fleet/resource-key.ts';
import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  HOUR_MS,
  MINUTE_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { MigPlan, NodePlan, Telemetry } from './fleet-plan.ts';
import { type Random, randomStream } from './random.ts';
import { RENTALS, type Rental } from './rentals.ts';
import { isWeekend } from './workload-patterns.ts';

/** A node of the plan, made concrete: which devices it has, and when it existed. */
export type Machine = Readonly<{
  plan: NodePlan;
  rental: Rental | null;
  gpuModel: string;
  gpus: number;
  devices: readonly Device[];
  lives: readonly Life[];
}>;

export type Device = Readonly<{
  id: string;
  /** `3`, `gi1`, `rest`: how the plan names it. */
  slot: string;
  gpuParts: number;
  memoryMib: number | null;
  powerWatts: number | null;
  reads: DeviceTelemetry;
}>;

/** What an exporter says about the device; `unknown` is a series that exists and is blank, as MIG slices often have it. */
export type DeviceTelemetry = Telemetry | 'unknown';

/** From boot to shutdown of one rented machine, or of one owned server. */
export type Life = TimeWindow &
  Readonly<{
    name: string;
    resourceId: string | null;
    resourceKey: string | null;
    /** The cloud took it away. */
    isPreempted: boolean;
  }>;

const SEVENTH = PARTS_PER_GPU / 7;

export function buildMachine(
  plan: NodePlan,
  seed: number,
  window: TimeWindow,
  catalog: HardwareCatalog,
): Machine {
  const random = randomStream(seed, `machine/${plan.name}`);
  const rental: Rental | null = 'rented' in plan.machine ? RENTALS[plan.machine.rented] : null;
  const reported = 'owned' in plan.machine ? plan.machine.owned : rental!.gpuModel;
  const gpuModel = catalog.gpuModel(reported) ?? reported;
  const gpus = 'owned' in plan.machine ? plan.machine.gpus : rental!.gpus;
  return {
    plan,
    rental,
    gpuModel,
    gpus,
    devices: buildDevices(plan, gpuModel, gpus, catalog, random),
    lives: buildLives(plan, rental, window, random),
  };
}

function buildDevices(
  plan: NodePlan,
  gpuModel: string,
  gpus: number,
  catalog: HardwareCatalog,
  random: Random,
): Device[] {
  const spec = catalog.gpu(gpuModel);
  return Array.from({ length: gpus }, (_, index) => index).flatMap((index) => {
    const whole: Device = {
      id: `GPU-${[8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join('-')}`,
      slot: `${index}`,
      gpuParts: PARTS_PER_GPU,
      memoryMib: spec ? spec.memoryGib * 1024 : null,
      powerWatts: spec?.powerWatts ?? null,
      reads: plan.telemetry,
    };
    return plan.mig?.gpu === index ? carve(whole, plan.mig) : [whole];
  });
}

/** MIG cuts an A100 or H100 into sevenths; what no slice takes stays paid for and can do nothing. */
function carve(whole: Device, mig: MigPlan): Device[] {
  const slices = mig.slices.map((profile, index): Device => {
    const [sevenths, memoryGib] = profile.match(/\d+/g)!.map(Number);
    return {
      id: `${whole.id}:gi${index + 1}`,
      slot: `gi${index + 1}`,
      gpuParts: sevenths! * SEVENTH,
      memoryMib: memoryGib! * 1024,
      powerWatts: null,
      reads: mig.isUtilizationKnown ? whole.reads : 'unknown',
    };
  });
  const taken = slices.reduce((sum, slice) => sum + slice.gpuParts, 0);
  if (taken === PARTS_PER_GPU) return slices;
  const rest: Device = {
    ...whole,
    id: `${whole.id}:rest`,
    slot: 'rest',
    gpuParts: PARTS_PER_GPU - taken,
    memoryMib: null,
    powerWatts: null,
    reads: 'unknown',
  };
  return [...slices, rest];
}

function buildLives(plan: NodePlan, rental: Rental | null, window: TimeWindow, random: Random): Life[] {
  const { life } = plan;
  switch (life.kind) {
    case 'whole':
      return [nameLife(plan, rental, window, false, random)];
    case 'part': {
      const fromMs = Math.max(window.fromMs, window.toMs - life.fromDaysAgo * DAY_MS);
      const toMs = window.toMs - life.toDaysAgo * DAY_MS;
      return fromMs < toMs ? [nameLife(plan, rental, { fromMs, toMs }, false, random)] : [];
    }
    case 'weekdays':
      return buildWeekdayLives(plan, rental, window, random);
    case 'spot':
      return buildSpotLives(plan, rental, window, random);
    default:
      return life satisfies never;
  }
}

/** The reservation behind the autoscaler hands out the same machine each morning, under a new instance id. */
function buildWeekdayLives(
  plan: NodePlan,
  rental: Rental | null,
  window: TimeWindow,
  random: Random,
): Life[] {
  if (plan.life.kind !== 'weekdays') return [];
  const lives: Life[] = [];
  for (let day = floorToDay(window.fromMs); day < window.toMs; day += DAY_MS) {
    if (isWeekend(day)) continue;
    const fromMs = Math.max(window.fromMs, day + plan.life.fromHour * HOUR_MS);
    const toMs = Math.min(window.toMs, day + plan.life.toHour * HOUR_MS);
    if (fromMs < toMs) lives.push(nameLife(plan, rental, { fromMs, toMs }, false, random));
  }
  return lives;
}

/**
 * A spot machine lives for a day or two, is taken away, and comes back hours later as another instance. The cloud has few
 * machines of this kind in a zone, so the replacement is the same hardware: the GPUs keep their ids, the instance does not.
 */
function buildSpotLives(plan: NodePlan, rental: Rental | null, window: TimeWindow, random: Random): Life[] {
  if (plan.life.kind !== 'spot') return [];
  const { aliveHours, awayHours } = plan.life;
  const lives: Life[] = [];
  let fromMs = window.fromMs;
  while (fromMs < window.toMs) {
    const endMs = fromMs + wholeMinutes(exponential(aliveHours, random) + 1);
    const toMs = Math.min(endMs, window.toMs);
    lives.push(nameLife(plan, rental, { fromMs, toMs }, endMs < window.toMs, random));
    fromMs = toMs + wholeMinutes(exponential(awayHours, random) + 0.2);
  }
  return lives;
}

function nameLife(
  plan: NodePlan,
  rental: Rental | null,
  window: TimeWindow,
  isPreempted: boolean,
  random: Random,
): Life {
  const resourceId = rental ? nameResource(plan, rental, random) : null;
  return {
    ...window,
    name: resourceId ?? plan.name,
    resourceId,
    resourceKey: resourceId === null ? null : resourceKey(resourceId),
    isPreempted,
  };
}

/** Spelled as each cloud's bill spells it. */
function nameResource(plan: NodePlan, rental: Rental, random: Random): string {
  switch (rental.bill) {
    case 'aws':
      return `i-0${random.hex(16)}`;
    case 'google':
      return `//compute.googleapis.com/projects/ml-research/zones/${rental.zone}/instances/${plan.name}`;
    default:
      return `${rental.bill}-server-${random.hex(6)}`;
  }
}

function exponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random.fraction());
}

function wholeMinutes(hours: number): EpochMs {
  return Math.round((hours * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
}
