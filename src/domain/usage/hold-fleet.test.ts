import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { AllocationFact } from '../facts/facts.ts';
import { FleetHold } from './hold-fleet.ts';
import type { Sample } from './hold-samples.ts';

type Row = Sample & { deviceId: string };

function follow(rows: readonly Row[], isOrdered: boolean) {
  const fleet = new FleetHold(isOrdered);
  const ended: AllocationFact[] = [];
  for (const { deviceId, ...sample } of rows) fleet.add(deviceId, sample, ended);
  const seen = fleet.finish(ended);
  return { totals: fleet.totals, seen, ended: ended.map(format).sort() };
}

const format = ({ workloadId, deviceId, startMs, endMs }: AllocationFact) =>
  `${workloadId} ${deviceId} ${startMs}–${endMs}`;

/** `0a 10a 30b`: one device, samples ten apart, a letter for who holds it. */
function rowsOf(text: string): Row[] {
  return text.split(' ').map((word) => {
    const [, at, workload] = /^(\d+)(\w?)$/.exec(word)!;
    return { deviceId: 'g', atMs: Number(at), intervalMs: 10, isZero: false, workloadId: workload || null };
  });
}

describe('who holds a device, from samples ten apart', () => {
  test.each([
    ['0a 10a 20a', ['a g 0–30']],
    ['0a 10a 20b', ['a g 0–20', 'b g 20–30']],
    ['0a 10 20a', ['a g 0–10', 'a g 20–30']],
    ['0a 20a', ['a g 0–30']],
    ['0a 21a', ['a g 0–20', 'a g 21–31']],
    ['0a 10a 95b', ['a g 0–30', 'b g 95–105']],
    ['0a 7a 14a', ['a g 0–24']],
    ['0a 0b 10a 10b', ['a g 0–20', 'b g 0–20']],
    ['0a 0b 10b 20a 20b', ['a g 0–10', 'a g 20–30', 'b g 0–30']],
    ['0 10', []],
  ])('%s', (text, expected) => {
    expect(follow(rowsOf(text), true).ended).toEqual(expected);
  });
});

it('counts what a late next sample adds, and what stays unobserved', () => {
  const { totals } = follow(rowsOf('0 10 30 65 65'), true);
  expect(totals).toEqual({
    samples: 4,
    repeated: 1,
    sampledMs: 40,
    zeroMs: 0,
    stretchedMs: 20,
    unobservedMs: 15,
  });
});

const anyRows = fc.array(
  fc.record({
    deviceId: fc.constantFrom('g0', 'g1'),
    atMs: fc.integer({ min: 0, max: 200 }),
    workloadId: fc.option(fc.constantFrom('a', 'b')),
  }),
  { minLength: 1, maxLength: 40 },
);
/** What a sample measured belongs to its device and time, whoever reports it. */
const asRows = (rows: readonly Pick<Row, 'deviceId' | 'atMs' | 'workloadId'>[]): Row[] =>
  rows.map((row) => ({ ...row, intervalMs: 10, isZero: row.atMs % 3 === 0 }));

it('is the same in any order of rows', () => {
  fc.assert(
    fc.property(
      anyRows.chain((rows) =>
        fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
      ),
      ([rows, shuffled]) => {
        const sorted = asRows(rows).sort((a, b) => a.atMs - b.atMs);
        const inOrder = follow(sorted, true);
        const anyOrder = follow(asRows(shuffled), false);
        expect(anyOrder.totals).toEqual(inOrder.totals);
        expect(anyOrder.ended).toEqual(inOrder.ended);
        expect(new Set(anyOrder.seen)).toEqual(new Set(inOrder.seen));
      },
    ),
  );
});

it('accounts for all of the time between the first and the last sample of each device', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const { totals, seen } = follow(asRows(rows), false);
      const spanMs = seen.reduce((sum, { firstMs, endMs }) => sum + endMs - firstMs, 0);
      expect(totals.sampledMs + totals.stretchedMs + totals.unobservedMs).toBe(spanMs);
      expect(totals.samples + totals.repeated).toBe(rows.length);
      expect(totals.unobservedMs).toBeGreaterThanOrEqual(0);
    }),
  );
});
