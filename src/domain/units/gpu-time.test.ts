import { expect, test } from 'vitest';
import { PARTS_PER_GPU, TICKS_PER_GPU_HOUR, ticksToHours, toParts, toPpm } from './gpu-time.ts';

test.each([7, 6, 4, 3, 8, 5, 2])('a %dth of a GPU is a whole number of parts', (slices) => {
  expect(toParts(1 / slices) * slices).toBe(PARTS_PER_GPU);
});

test.each([
  [TICKS_PER_GPU_HOUR, 1],
  [TICKS_PER_GPU_HOUR / 7n, 0.142857143],
  [0n, 0],
  [1n, 0],
])('%d ticks are %d hours', (ticks, hours) => {
  expect(ticksToHours(ticks)).toBe(hours);
});

test.each([
  [0.5, 500_000],
  [1.2, 1_000_000],
  [-0.1, 0],
])('%d is %d parts per million', (fraction, ppm) => {
  expect(toPpm(fraction)).toBe(ppm);
});
