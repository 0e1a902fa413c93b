import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AllocationFact, UsageFact } from '../facts/facts.ts';
import { HeldMeter } from './measure-held.ts';

const UNKNOWN = { busyPpm: null, effectivePpm: null, basis: 'none', isContradictory: false } as const;
const sample = (
  deviceId: string,
  atMs: number,
  powerWatts: number | null,
  memoryUsedMib = 10,
): UsageFact => ({
  deviceId,
  atMs,
  intervalMs: 10_000,
  activity: UNKNOWN,
  memoryUsedMib,
  powerWatts,
});
const held = (deviceId: string, startMs: number, endMs: number | null): AllocationFact => ({
  workloadId: 'w',
  deviceId,
  shareParts: 840_000,
  startMs,
  endMs,
  lostFromMs: null,
});

function measure(samples: readonly UsageFact[], spans: readonly AllocationFact[], untilMs = 60_000) {
  const meter = new HeldMeter();
  for (const one of samples) meter.add(one);
  return meter.measure(spans, untilMs);
}

describe('the energy of what was held', () => {
  it('is power times the time that each sample stands', () => {
    const samples = [sample('a', 0, 360), sample('a', 10_000, 720), sample('a', 20_000, 360)];
    // 360 W × 10 s + 720 W × 10 s + 360 W × 10 s = 14,400 Ws = 4 Wh.
    expect(measure(samples, [held('a', 0, 30_000)])).toEqual({
      energyWattHours: 4,
      energyCoverage: 1,
      peakMemoryMib: 10,
    });
  });

  it.each([
    ['cut to when it was held', [sample('a', 0, 360)], held('a', 5_000, 10_000), 0.5, 1],
    ['at most two intervals', [sample('a', 0, 360)], held('a', 0, 40_000), 2, 0.5],
    [
      'without samples that do not say',
      [sample('a', 0, 360), sample('a', 10_000, null)],
      held('a', 0, 20_000),
      1,
      0.5,
    ],
    ['up to now while it is held', [sample('a', 50_000, 360)], held('a', 50_000, null), 1, 1],
  ])('%s', (_, samples, span, energyWattHours, energyCoverage) => {
    expect(measure(samples, [span])).toMatchObject({ energyWattHours, energyCoverage });
  });

  it('of other devices is not its own, and unknown is not zero', () => {
    expect(measure([sample('b', 0, 360)], [held('a', 0, 10_000)])).toMatchObject({
      energyWattHours: null,
      energyCoverage: 0,
    });
    expect(measure([], [])).toEqual({ energyWattHours: null, energyCoverage: null, peakMemoryMib: null });
  });

  it('of two parts of the time is the energy of the whole', () => {
    const anySamples = fc.uniqueArray(fc.record({ atMs: fc.nat(100_000), watts: fc.option(fc.nat(700)) }), {
      selector: ({ atMs }) => atMs,
      maxLength: 20,
    });
    fc.assert(
      fc.property(anySamples, fc.nat(100_000), (rows, cutMs) => {
        const samples = rows
          .toSorted((a, b) => a.atMs - b.atMs)
          .map(({ atMs, watts }) => sample('a', atMs, watts));
        const whole = measure(samples, [held('a', 0, 100_000)]).energyWattHours ?? 0;
        const parts = measure(samples, [held('a', 0, cutMs), held('a', cutMs, 100_000)]).energyWattHours ?? 0;
        expect(parts).toBeCloseTo(whole, 6);
      }),
    );
  });
});

it('the peak is the most that one device had in use', () => {
  const samples = [sample('a', 0, 1, 400), sample('b', 0, 1, 900), sample('a', 1, 1, 500)];
  expect(measure(samples, [held('a', 0, 1)]).peakMemoryMib).toBe(900);
});
