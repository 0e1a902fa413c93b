import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { roundParts, roundTable, roundToStep } from './round-for-display.ts';

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
const anyTable = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
  .chain(([height, width]) =>
    fc.array(fc.array(fc.bigInt(-5_000n, 100_000n), { minLength: width, maxLength: width }), {
      minLength: height,
      maxLength: height,
    }),
  );

describe('roundTable', () => {
  test.each([
    {
      name: 'thirds of a dollar',
      values: [[333n, 333n, 334n]],
      expected: { cells: [[33n, 33n, 34n]], rows: [100n], columns: [33n, 33n, 34n], total: 100n },
    },
    {
      name: 'halves in a square',
      values: [
        [5n, 5n],
        [5n, 5n],
      ],
      expected: {
        cells: [
          [1n, 0n],
          [0n, 1n],
        ],
        rows: [1n, 1n],
        columns: [1n, 1n],
        total: 2n,
      },
    },
    {
      name: 'a credit',
      values: [[-4n, 14n]],
      expected: { cells: [[-0n, 1n]], rows: [1n], columns: [0n, 1n], total: 1n },
    },
  ])('$name', ({ values, expected }) => {
    expect(roundTable(values, 10n)).toEqual(expected);
  });

  it('adds up in both directions', () => {
    fc.assert(
      fc.property(anyTable, (values) => {
        const { cells, rows, columns, total } = roundTable(values, 100n);
        expect(cells.map(sum)).toEqual(rows);
        expect(columns.map((_, x) => sum(cells.map((row) => row[x]!)))).toEqual(columns);
        expect(sum(rows)).toBe(total);
        expect(sum(columns)).toBe(total);
        expect(total).toBe(roundToStep(sum(values.map(sum)), 100n));
      }),
    );
  });

  it('stays near every exact value', () => {
    fc.assert(
      fc.property(anyTable, (values) => {
        const { cells } = roundTable(values, 100n);
        for (const [y, row] of values.entries()) {
          for (const [x, value] of row.entries()) {
            const difference = cells[y]![x]! * 100n - value;
            expect(difference > -100n && difference < 300n).toBe(true);
          }
        }
      }),
    );
  });

  it('changes nothing that is already round', () => {
    fc.assert(
      fc.property(anyTable, (values) => {
        const round = values.map((row) => row.map((value) => value * 100n));
        expect(roundTable(round, 100n).cells).toEqual(values);
      }),
    );
  });
});

describe('roundParts', () => {
  test.each([
    { values: [15n, 15n, 15n], whole: 5n, expected: [2n, 2n, 1n] },
    { values: [19n, 11n], whole: 3n, expected: [2n, 1n] },
    { values: [0n, 25n], whole: 2n, expected: [0n, 2n] },
  ])('$values to $whole', ({ values, whole, expected }) => {
    expect(roundParts(values, 10n, whole)).toEqual(expected);
  });
});

describe('roundToStep', () => {
  test.each([
    [25n, 2n],
    [35n, 4n],
    [26n, 3n],
    [-25n, -2n],
    [-26n, -3n],
  ])('%d tenths → %d', (value, expected) => {
    expect(roundToStep(value, 10n)).toBe(expected);
  });
});
