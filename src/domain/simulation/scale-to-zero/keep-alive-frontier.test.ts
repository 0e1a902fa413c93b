import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { keepAliveFrontier, type ReplicaSamples } from './keep-alive-frontier.ts';

const INTERVAL = 60;

/** One replica a line: `.` idle, `#` busy, a blank for a gap. */
function samplesOf(...lines: readonly string[]): ReplicaSamples {
  const rows = lines.flatMap((line, replica) =>
    [...line].flatMap((sign, index) =>
      sign === ' ' ? [] : [{ replica, at: index * INTERVAL, busy: sign === '#' }],
    ),
  );
  return {
    replicaOf: Int32Array.from(rows, ({ replica }) => replica),
    atSeconds: Float64Array.from(rows, ({ at }) => at),
    isBusy: Uint8Array.from(rows, ({ busy }) => Number(busy)),
  };
}

function pointOf(line: string, intervals: number) {
  const found = keepAliveFrontier(samplesOf(line), INTERVAL, [intervals * INTERVAL], 20);
  const [point] = found.frontier;
  return { saved: Math.round(point!.gpuHoursSavedFraction * found.samples), coldStarts: point!.coldStarts };
}

describe('a replica kept alive for two intervals', () => {
  test.each([
    { line: '##########', saved: 0, coldStarts: 1, name: 'always busy: started once' },
    { line: '..........', saved: 10, coldStarts: 0, name: 'never busy: never started' },
    { line: '#..#..#', saved: 0, coldStarts: 1, name: 'idle for as long as it is kept' },
    { line: '#...#', saved: 1, coldStarts: 2, name: 'idle for one more' },
    { line: '.....#', saved: 5, coldStarts: 1, name: 'idle before its first work: saved in full' },
    { line: '#.....', saved: 3, coldStarts: 1, name: 'idle at the end' },
    { line: '#.. ..#', saved: 2, coldStarts: 2, name: 'with a gap: samples count, the gap does not' },
    { line: '#.   .#', saved: 0, coldStarts: 1, name: 'with a longer gap: nothing is known of it' },
    { line: '', saved: 0, coldStarts: 0, name: 'without samples' },
  ])('$name', ({ line, saved, coldStarts }) => {
    expect(line === '' ? { saved: 0, coldStarts: 0 } : pointOf(line, 2)).toEqual({ saved, coldStarts });
  });
});

it('counts replicas apart, gaps, and what starting costs', () => {
  const found = keepAliveFrontier(samplesOf('#.....#', '#  ....'), INTERVAL, [INTERVAL], 90);
  expect(found).toMatchObject({ replicas: 2, samples: 12, gaps: 1 });
  expect(found.idleFraction).toBeCloseTo(9 / 12, 9);
  const [point] = found.frontier;
  expect(point).toMatchObject({ keepAliveIntervals: 1, coldStarts: 3, coldStartSeconds: 270 });
  expect(point!.gpuHoursSaved).toBeCloseTo((7 * 60) / 3600, 9);
  expect(point!.netGpuHoursSaved).toBeCloseTo((7 * 60 - 270) / 3600, 9);
  expect(point!.coldStartsPerReplicaDay).toBeCloseTo(3 / ((12 * 60) / 86_400), 9);
});

it('says that starting is unknown, not free', () => {
  const [point] = keepAliveFrontier(samplesOf('#...#'), INTERVAL, [INTERVAL], null).frontier;
  expect(point).toMatchObject({ coldStartSeconds: null, netGpuHoursSaved: null });
});

test('samples that are no whole number of intervals apart from the keep-alive round it down', () => {
  const [minute, two] = keepAliveFrontier(samplesOf('#...#'), 57, [60, 120], null).frontier;
  expect(minute!.keepAliveIntervals).toBe(1);
  expect(two!.keepAliveIntervals).toBe(2);
});

const anySamples = fc
  .array(fc.string({ unit: fc.constantFrom('.', '#', ' ', '.'), minLength: 1, maxLength: 60 }), {
    minLength: 1,
    maxLength: 5,
  })
  .filter((lines) => lines.some((line) => line.trim() !== ''));

it('is monotone: kept longer, less is saved and fewer are started', () => {
  const keepAlive = Array.from({ length: 30 }, (_, n) => n * INTERVAL);
  fc.assert(
    fc.property(anySamples, (lines) => {
      const { frontier } = keepAliveFrontier(samplesOf(...lines), INTERVAL, keepAlive, null);
      for (const [index, point] of frontier.entries()) {
        const before = frontier[index - 1] ?? point;
        expect(point.gpuHoursSavedFraction).toBeLessThanOrEqual(before.gpuHoursSavedFraction);
        expect(point.coldStarts).toBeLessThanOrEqual(before.coldStarts);
      }
    }),
  );
});

it('agrees with walking through the samples one by one, in any order of the file', () => {
  fc.assert(
    fc.property(anySamples, fc.integer({ min: 0, max: 8 }), fc.integer(), (lines, intervals, shuffle) => {
      const samples = samplesOf(...lines);
      const order = [...samples.replicaOf.keys()].sort(
        (a, b) => ((a * 7919 + shuffle) % 31) - ((b * 7919 + shuffle) % 31),
      );
      const mixed = {
        replicaOf: Int32Array.from(order, (index) => samples.replicaOf[index]!),
        atSeconds: Float64Array.from(order, (index) => samples.atSeconds[index]!),
        isBusy: Uint8Array.from(order, (index) => samples.isBusy[index]!),
      };
      const { frontier, samples: total } = keepAliveFrontier(mixed, INTERVAL, [intervals * INTERVAL], null);
      const walked = lines.map((line) => walk(line, intervals));
      expect(frontier[0]!.coldStarts).toBe(walked.reduce((sum, one) => sum + one.coldStarts, 0));
      const saved = walked.reduce((sum, one) => sum + one.saved, 0);
      expect(frontier[0]!.gpuHoursSavedFraction).toBeCloseTo(saved / total, 9);
    }),
  );
});

/** Released, or alive with so many idle samples behind it. */
function walk(line: string, intervals: number) {
  let isAlive = false;
  let idle = 0;
  let saved = 0;
  let coldStarts = 0;
  for (const sign of line.replaceAll(' ', '')) {
    if (sign === '#') {
      if (!isAlive) coldStarts += 1;
      isAlive = true;
      idle = 0;
      continue;
    }
    idle += 1;
    if (isAlive && idle > intervals) isAlive = false;
    if (!isAlive) saved += 1;
  }
  return { saved, coldStarts };
}
