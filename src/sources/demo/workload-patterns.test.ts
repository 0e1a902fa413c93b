import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { randomStream } from './random.ts';
import { LANES, type Work } from './work-plan.ts';
import { isWeekend, type Pattern, playPattern, trafficLevel } from './workload-patterns.ts';

const patterns = LANES.flatMap(({ work }) => patternsOf(work));

test.each([
  { day: '2026-11-20', expected: false },
  { day: '2026-11-21', expected: true },
  { day: '2026-11-22', expected: true },
  { day: '2026-11-23', expected: false },
])('$day is a weekend: $expected', ({ day, expected }) => {
  expect(isWeekend(Date.parse(`${day}T23:59:59Z`))).toBe(expected);
});

test.each([
  { curve: 'consumer', at: '2026-11-23T17:30:00Z', level: 1 },
  { curve: 'consumer', at: '2026-11-22T17:30:00Z', level: 0.68 },
  { curve: 'office', at: '2026-11-23T10:00:00Z', level: 1 },
  { curve: 'office', at: '2026-11-22T10:00:00Z', level: 0.08 },
  { curve: 'steady', at: '2026-11-22T03:00:00Z', level: 1 },
] as const)('$curve traffic at $at is $level of the busiest hour', ({ curve, at, level }) => {
  expect(trafficLevel(curve, Date.parse(at))).toBeCloseTo(level, 12);
});

it('keeps every pattern of the plan within what a device can do, alone and together', () => {
  const anyMoment = fc.record({
    atMs: fc.integer({ min: 0, max: 4e12 }),
    sinceMs: fc.integer({ min: 0, max: 4e12 }),
    progress: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const anyPatterns = fc.array(fc.constantFrom(...patterns), { maxLength: 4 });
  fc.assert(
    fc.property(anyMoment, anyPatterns, fc.integer(), (moment, together, seed) => {
      const reading = { engine: 0, sm: 0, memory: 0 };
      for (const pattern of together) playPattern(pattern, moment, randomStream(seed, 'test'), reading);
      expect(reading.engine).toBeLessThanOrEqual(1);
      expect(reading.sm).toBeLessThanOrEqual(reading.engine);
      expect(reading.sm).toBeGreaterThanOrEqual(0);
    }),
  );
});

function patternsOf(work: Work): readonly Pattern[] {
  if (work.kind === 'jobs') return work.jobs.map(({ pattern }) => pattern);
  return work.kind === 'tenants' ? work.tenants.map(({ pattern }) => pattern) : [work.pattern];
}
