import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import { parseTimeUnit, toTicks } from './gpu-hours.ts';

describe('parseTimeUnit', () => {
  test.each([
    { text: 'Hours', seconds: 3_600n, isGpuTime: false },
    { text: 'Hrs', seconds: 3_600n, isGpuTime: false },
    { text: 'hour', seconds: 3_600n, isGpuTime: false },
    { text: 'h', seconds: 3_600n, isGpuTime: false },
    { text: '1 Hour', seconds: 3_600n, isGpuTime: false },
    { text: '100 Hours', seconds: 360_000n, isGpuTime: false },
    { text: 'seconds', seconds: 1n, isGpuTime: false },
    { text: 'Minutes', seconds: 60n, isGpuTime: false },
    { text: 'Days', seconds: 86_400n, isGpuTime: false },
    { text: 'Instance-Hours', seconds: 3_600n, isGpuTime: false },
    { text: 'Server Hours', seconds: 3_600n, isGpuTime: false },
    { text: 'GPU-Hours', seconds: 3_600n, isGpuTime: true },
    { text: 'GPU Per Hour', seconds: 3_600n, isGpuTime: true },
    { text: 'gpu_seconds', seconds: 1n, isGpuTime: true },
    { text: 'GPUs-Minutes', seconds: 60n, isGpuTime: true },
  ])('reads $text', ({ text, seconds, isGpuTime }) => {
    expect(parseTimeUnit(text)).toEqual({ seconds, isGpuTime });
  });

  test.each([
    'GB-Months',
    'GB Hours',
    'vCPU-Hours',
    'OCPU Per Hour',
    'Requests',
    'Units',
    '1000 Tokens',
    'GB',
    '',
    'DBU',
  ])('knows that %o is not the time of a machine', (text) => {
    expect(parseTimeUnit(text)).toBeUndefined();
  });
});

describe('toTicks', () => {
  const hour = { seconds: 3_600n, isGpuTime: false };
  const second = { seconds: 1n, isGpuTime: false };

  test.each([
    { quantity: '1', unit: hour, count: '8', expected: 8n * TICKS_PER_GPU_HOUR },
    { quantity: '0.5', unit: hour, count: '1', expected: TICKS_PER_GPU_HOUR / 2n },
    { quantity: '3600', unit: second, count: '1', expected: TICKS_PER_GPU_HOUR },
    { quantity: '1e2', unit: hour, count: '1', expected: 100n * TICKS_PER_GPU_HOUR },
    { quantity: '5E-1', unit: hour, count: '0.25', expected: TICKS_PER_GPU_HOUR / 8n },
    { quantity: '.25', unit: hour, count: '4.0', expected: TICKS_PER_GPU_HOUR },
    { quantity: '-1', unit: hour, count: '1', expected: -TICKS_PER_GPU_HOUR },
    // 0.683889 h is not a whole number of ticks away from floats, but it is one here.
    {
      quantity: '0.683889000000000',
      unit: hour,
      count: '1',
      expected: 683_889n * (TICKS_PER_GPU_HOUR / 1_000_000n),
    },
    // A third of an hour in fifteen digits falls between two ticks.
    { quantity: '0.333333333333333', unit: hour, count: '1', expected: TICKS_PER_GPU_HOUR / 3n },
  ])('$quantity × $count', ({ quantity, unit, count, expected }) => {
    expect(toTicks(quantity, unit, count)).toBe(expected);
  });

  test.each(['', 'one', '1,5', 'NaN'])('refuses %o', (quantity) => {
    expect(toTicks(quantity, hour, '1')).toBeUndefined();
  });

  it('splits a quantity without losing a tick when the parts are whole seconds', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1_000_000), fc.integer({ min: 1, max: 16 }), (a, b, gpus) => {
        const parts = [a, b].map((seconds) => toTicks(String(seconds), second, String(gpus))!);
        expect(parts[0]! + parts[1]!).toBe(toTicks(String(a + b), second, String(gpus)));
      }),
    );
  });
});
