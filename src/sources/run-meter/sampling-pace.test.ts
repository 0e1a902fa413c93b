import { expect, test } from 'vitest';
import { holdersInterval, samplingInterval } from './sampling-pace.ts';

test.each([
  { ageMs: 0, answeredInMs: 30, statedMs: null, expected: 1_000 },
  { ageMs: 20_000, answeredInMs: 30, statedMs: null, expected: 2_000 },
  { ageMs: 3_600_000, answeredInMs: 30, statedMs: null, expected: 5_000 },
  { ageMs: 0, answeredInMs: 30, statedMs: 10_000, expected: 10_000 },
  { ageMs: 0, answeredInMs: 400, statedMs: null, expected: 8_000 },
  { ageMs: 0, answeredInMs: 30_000, statedMs: null, expected: 60_000 },
  { ageMs: 0, answeredInMs: 30_000, statedMs: 300_000, expected: 300_000 },
])('$ageMs ms old, answered in $answeredInMs ms, told $statedMs: $expected ms', (given) => {
  expect(samplingInterval(given.ageMs, given.answeredInMs, given.statedMs)).toBe(given.expected);
});

test('who uses the GPUs is asked with every sample at first, every half minute later', () => {
  expect([holdersInterval(5_000, 0), holdersInterval(90_000, 0), holdersInterval(90_000, 60_000)]).toEqual([
    0, 30_000, 60_000,
  ]);
});
