import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { TimeWindow } from '../time/window.ts';
import { chooseRates } from './choose-rates.ts';
import type { Rate } from './price.ts';

const window: TimeWindow = { fromMs: 0, toMs: 100 };

function rate(name: string, fromMs: number, toMs: number | null): Rate {
  return {
    fromMs,
    toMs,
    perGpuHourPicos: 1n,
    source: 'price_book',
    priceDate: '2026-01-01',
    reference: name,
  };
}

function sketch(rates: readonly Rate[]): string {
  return rates.map(({ reference, fromMs, toMs }) => `${reference} ${fromMs}–${toMs}`).join(', ');
}

describe('by order of trust, instant by instant', () => {
  test.each([
    { name: 'nobody knows', books: [[], []], expected: '' },
    { name: 'an open rate is cut at the window', books: [[rate('a', -50, null)]], expected: 'a 0–100' },
    { name: 'the first book wins', books: [[rate('a', 0, null)], [rate('b', 0, null)]], expected: 'a 0–100' },
    {
      name: 'the second fills what the first leaves open',
      books: [[rate('a', 40, 60)], [rate('b', 0, null)]],
      expected: 'b 0–40, a 40–60, b 60–100',
    },
    {
      name: 'a hole stays where neither knows',
      books: [[rate('a', 0, 20)], [rate('b', 10, 30)]],
      expected: 'a 0–20, b 20–30',
    },
    {
      name: 'an empty rate says nothing',
      books: [[rate('a', 50, 50)], [rate('b', 0, null)]],
      expected: 'b 0–100',
    },
    {
      name: 'neighbours that say the same are one',
      books: [[rate('a', 0, 50), rate('a', 50, null)]],
      expected: 'a 0–100',
    },
  ])('$name', ({ books, expected }) => {
    expect(sketch(chooseRates(books, window))).toBe(expected);
  });

  it('says nothing about an empty window', () => {
    expect(chooseRates([[rate('a', 0, null)]], { fromMs: 10, toMs: 10 })).toEqual([]);
  });
});

describe('for any books', () => {
  const anyRate = (book: number) =>
    fc
      .record({
        fromMs: fc.integer({ min: -20, max: 120 }),
        length: fc.option(fc.integer({ min: 0, max: 60 })),
        price: fc.bigInt(0n, 3n),
      })
      .map(
        ({ fromMs, length, price }): Rate => ({
          ...rate(`book ${book}`, fromMs, length === null ? null : fromMs + length),
          perGpuHourPicos: price,
        }),
      );
  const anyBooks = fc.tuple(
    fc.array(anyRate(0), { maxLength: 5 }),
    fc.array(anyRate(1), { maxLength: 5 }),
    fc.array(anyRate(2), { maxLength: 5 }),
  );
  const holds = (known: Rate, at: number) => known.fromMs <= at && (known.toMs === null || at < known.toMs);

  it('every instant has the price of the first rate that knows it, and no other', () => {
    fc.assert(
      fc.property(anyBooks, (books) => {
        const chosen = chooseRates(books, window);
        for (let at = -5; at < 105; at++) {
          const found = chosen.filter((segment) => holds(segment, at));
          const first = at >= 0 && at < 100 ? books.flat().find((known) => holds(known, at)) : undefined;
          expect(found.length).toBe(first ? 1 : 0);
          expect(found[0]?.perGpuHourPicos).toBe(first?.perGpuHourPicos);
          expect(found[0]?.reference).toBe(first?.reference);
        }
      }),
    );
  });

  it('the segments are in order, not empty and do not overlap', () => {
    fc.assert(
      fc.property(anyBooks, (books) => {
        const chosen = chooseRates(books, window);
        chosen.forEach(({ fromMs, toMs }, index) => {
          expect(toMs).toBeGreaterThan(fromMs);
          expect(fromMs).toBeGreaterThanOrEqual(chosen[index - 1]?.toMs ?? 0);
          expect(toMs).toBeLessThanOrEqual(100);
        });
      }),
    );
  });
});
