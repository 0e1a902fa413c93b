import { ownText } from '../text/own-text.ts';
import type { EpochMs } from '../time/window.ts';
import { NumberList } from './number-list.ts';

export type SampleTime = Readonly<{ deviceId: string; atMs: EpochMs }>;

export type SampleSurvey = Readonly<{
  /** The usual distance between samples of one device; `null` when no device has two. */
  intervalMs: number | null;
  /** Whether the samples of each device stand in the order of time. */
  isOrdered: boolean;
}>;

/**
 * Looks at the times of a whole file before it is read: the usual step between consecutive samples of a device, and their order.
 *
 * The usual step is the most frequent one; where no single one makes up half of them (timestamps that jitter), the most frequent after
 * rounding to whole seconds. Of two that are equally frequent the shorter one counts.
 *
 * Memory is bounded by the devices, unless the samples are out of order: then their times are kept (8 bytes each) and sorted.
 * @param read starts at the first sample each time it is called
 */
export async function surveySamples(read: () => AsyncIterable<SampleTime>): Promise<SampleSurvey> {
  const steps = await stepsInOrder(read());
  if (steps) return { intervalMs: usualStep(steps), isOrdered: true };
  return { intervalMs: usualStep(await stepsOfSorted(read())), isOrdered: false };
}

type Steps = Map<number, number>;

/** `undefined` as soon as a device goes back in time. */
async function stepsInOrder(samples: AsyncIterable<SampleTime>): Promise<Steps | undefined> {
  const steps: Steps = new Map();
  const lastByDevice = new Map<string, { atMs: EpochMs }>();
  for await (const { deviceId, atMs } of samples) {
    const last = lastByDevice.get(deviceId);
    if (!last) lastByDevice.set(ownText(deviceId), { atMs });
    else {
      if (atMs < last.atMs) return undefined;
      countStep(steps, atMs - last.atMs);
      last.atMs = atMs;
    }
  }
  return steps;
}

async function stepsOfSorted(samples: AsyncIterable<SampleTime>): Promise<Steps> {
  const timesByDevice = new Map<string, NumberList>();
  for await (const { deviceId, atMs } of samples) {
    let times = timesByDevice.get(deviceId);
    if (!times) {
      times = new NumberList();
      timesByDevice.set(ownText(deviceId), times);
    }
    times.push(atMs);
  }
  const steps: Steps = new Map();
  for (const times of timesByDevice.values()) {
    const sorted = times.values().sort();
    for (let index = 1; index < sorted.length; index += 1)
      countStep(steps, sorted[index]! - sorted[index - 1]!);
  }
  return steps;
}

function countStep(steps: Steps, stepMs: number): void {
  if (stepMs > 0) steps.set(stepMs, (steps.get(stepMs) ?? 0) + 1);
}

function usualStep(steps: Steps): number | null {
  const total = [...steps.values()].reduce((sum, count) => sum + count, 0);
  const exact = mostFrequent(steps);
  if (!exact || exact.count * 2 >= total) return exact?.stepMs ?? null;

  const rounded: Steps = new Map();
  for (const [stepMs, count] of steps) {
    const seconds = stepMs < 1000 ? stepMs : Math.round(stepMs / 1000) * 1000;
    rounded.set(seconds, (rounded.get(seconds) ?? 0) + count);
  }
  return mostFrequent(rounded)!.stepMs;
}

function mostFrequent(steps: Steps): { stepMs: number; count: number } | undefined {
  let best: { stepMs: number; count: number } | undefined;
  for (const [stepMs, count] of steps) {
    if (!best || count > best.count || (count === best.count && stepMs < best.stepMs))
      best = { stepMs, count };
  }
  return best;
}
