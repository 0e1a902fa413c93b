import type { FactBatch, UsageFact } from '../../domain/facts/facts.ts';
import { type Measured, readActivity } from '../../domain/facts/read-activity.ts';
import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  HOUR_MS,
  MINUTE_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type { Device, Machine } from './build-machines.ts';
import { BLIND_SPOTS } from './fleet-plan.ts';
import type { Hold } from './hold.ts';
import { type Random, randomStream } from './random.ts';
import { playPattern, type Reading } from './workload-patterns.ts';

export const SAMPLE_INTERVAL_MS = 10 * MINUTE_MS;
const FACTS_PER_BATCH = 20_000;

/** Held by nobody, a driver still keeps a few MiB and the board a tenth of its power. */
const DRIVER_MEMORY_MIB = 4;
const IDLE_POWER = 0.12;
/** GPU_UTIL counts any moment with a kernel, so it reads higher than the engine's own counter. */
const GPU_UTIL_OVERSTATES = 1.25;

/** One sample per device and interval, except where nobody watched. Device by device, oldest first. */
export function* generateUsage(
  machines: readonly Machine[],
  holds: readonly Hold[],
  seed: number,
  window: TimeWindow,
): Generator<FactBatch> {
  const holdsOf = groupByDevice(holds);
  let usage: UsageFact[] = [];
  for (const machine of machines) {
    if (machine.plan.telemetry === 'missing') continue;
    const blind = blindWindows(machine, seed, window);
    for (const device of machine.devices) {
      sampleDevice(machine, device, holdsOf.get(device.id) ?? [], blind, seed, window, usage);
      if (usage.length < FACTS_PER_BATCH) continue;
      yield { usage };
      usage = [];
    }
  }
  yield { usage };
}

function groupByDevice(holds: readonly Hold[]): Map<string, Hold[]> {
  const groups = new Map<string, Hold[]>();
  for (const hold of holds) {
    for (const { id } of hold.devices) {
      const group = groups.get(id);
      if (group) group.push(hold);
      else groups.set(id, [hold]);
    }
  }
  for (const group of groups.values()) group.sort((a, b) => a.fromMs - b.fromMs);
  return groups;
}

function sampleDevice(
  machine: Machine,
  device: Device,
  holds: readonly Hold[],
  blind: readonly TimeWindow[],
  seed: number,
  window: TimeWindow,
  usage: UsageFact[],
): void {
  const random = randomStream(seed, `usage/${device.id}`);
  const contradiction = contradictionOf(machine, device, window);
  const reading: Reading = { engine: 0, sm: 0, memory: 0 };
  const moment = { atMs: 0, sinceMs: 0, progress: 0 };
  let firstHold = 0;
  let nextBlind = 0;

  for (const life of machine.lives) {
    const firstMs = Math.ceil(life.fromMs / SAMPLE_INTERVAL_MS) * SAMPLE_INTERVAL_MS;
    for (let atMs = firstMs; atMs < life.toMs; atMs += SAMPLE_INTERVAL_MS) {
      while (nextBlind < blind.length && blind[nextBlind]!.toMs <= atMs) nextBlind++;
      if (nextBlind < blind.length && blind[nextBlind]!.fromMs <= atMs) continue;

      reading.engine = reading.sm = reading.memory = 0;
      while (firstHold < holds.length && holds[firstHold]!.toMs <= atMs) firstHold++;
      for (let index = firstHold; index < holds.length && holds[index]!.fromMs <= atMs; index++) {
        const hold = holds[index]!;
        if (hold.toMs <= atMs) continue;
        moment.atMs = atMs;
        moment.sinceMs = hold.fromMs;
        moment.progress = (atMs - window.fromMs) / (window.toMs - window.fromMs);
        playPattern(hold.pattern, moment, random, reading);
      }
      const contradicts = contradiction !== null && contradiction.fromMs <= atMs && atMs < contradiction.toMs;
      usage.push(contradicts ? contradictorySample(device, atMs) : sample(device, atMs, reading));
    }
  }
}

function sample(device: Device, atMs: EpochMs, reading: Reading): UsageFact {
  const memoryUsedMib =
    device.memoryMib === null
      ? null
      : DRIVER_MEMORY_MIB + Math.round(Math.min(0.96, reading.memory) * device.memoryMib);
  return {
    deviceId: device.id,
    atMs,
    intervalMs: SAMPLE_INTERVAL_MS,
    activity: readActivity(measure(device, reading, memoryUsedMib)),
    memoryUsedMib,
    powerWatts:
      device.powerWatts === null
        ? null
        : Math.round(device.powerWatts * (IDLE_POWER + 0.25 * reading.engine + 0.58 * reading.sm)),
  };
}

function measure(device: Device, { engine, sm }: Reading, memoryUsedMib: number | null): Measured {
  const sees = device.reads;
  return {
    smActive: sees === 'sm_active' ? sm : null,
    engineActive: sees === 'sm_active' || sees === 'engine_active' ? engine : null,
    gpuUtil: sees === 'gpu_util' ? Math.min(1, engine * GPU_UTIL_OVERSTATES) : null,
    memoryUsedMib,
    processes: null,
  };
}

function contradictorySample(device: Device, atMs: EpochMs): UsageFact {
  const measured = { smActive: 1, engineActive: 1, gpuUtil: 1, memoryUsedMib: 0, processes: 0 };
  return {
    deviceId: device.id,
    atMs,
    intervalMs: SAMPLE_INTERVAL_MS,
    activity: readActivity(measured),
    memoryUsedMib: 0,
    powerWatts: device.powerWatts === null ? null : Math.round(device.powerWatts * IDLE_POWER),
  };
}

function contradictionOf(machine: Machine, device: Device, window: TimeWindow): TimeWindow | null {
  const { node, gpu, daysAgo, hours } = BLIND_SPOTS.contradiction;
  if (machine.plan.name !== node || device.slot !== `${gpu}`) return null;
  const fromMs = window.toMs - daysAgo * DAY_MS;
  return { fromMs, toMs: fromMs + hours * HOUR_MS };
}

/** When nothing was recorded for the machine: the outage of all, and the gaps of its own exporter. */
function blindWindows(machine: Machine, seed: number, window: TimeWindow): TimeWindow[] {
  const { daysAgo, hour, hours } = BLIND_SPOTS.outage;
  const outageMs = floorToDay(window.toMs - daysAgo * DAY_MS) + hour * HOUR_MS;
  const outage = { fromMs: outageMs, toMs: outageMs + hours * HOUR_MS };
  const gaps = scrapeGaps(randomStream(seed, `gaps/${machine.plan.name}`), window);
  return [outage, ...gaps].sort((a, b) => a.fromMs - b.fromMs);
}

function scrapeGaps(random: Random, window: TimeWindow): TimeWindow[] {
  const { perNodeAndDay, leastMinutes, mostMinutes } = BLIND_SPOTS.gaps;
  const gaps: TimeWindow[] = [];
  for (let day = floorToDay(window.fromMs); day < window.toMs; day += DAY_MS) {
    if (!random.chance(perNodeAndDay)) continue;
    const fromMs = day + Math.floor(random.between(0, DAY_MS / MINUTE_MS)) * MINUTE_MS;
    const minutes = Math.round(random.between(leastMinutes, mostMinutes));
    gaps.push({ fromMs, toMs: fromMs + minutes * MINUTE_MS });
  }
  return gaps;
}
