import { describe, expect, it, test } from 'vitest';
import { createChance } from '../simulation/chance.ts';
import type { Block } from './block.ts';
import { type ComparisonOptions, compareBlocks } from './compare-blocks.ts';
import { studentCdf } from './student-t.ts';

test.each([
  // Tables of Student's t: the 97.5th percentiles of 1, 5, 10 and 30 degrees, and a 90th.
  [12.7062047, 1, 0.975],
  [2.57058184, 5, 0.975],
  [2.22813885, 10, 0.975],
  [2.04227246, 30, 0.975],
  [-1.37218364, 10, 0.1],
  [0, 4, 0.5],
])('t of %d with %d degrees: %d', (value, degrees, chance) => {
  expect(studentCdf(value, degrees)).toBeCloseTo(chance, 7);
});

type Planted = Readonly<{
  seed: number;
  days: number;
  /** Shares by which the level changes, and the load. */
  change: number;
  growth: number;
  noise: number;
  /** How much of one day's noise goes on in the next. */
  memory: number;
  /** 1: the value follows the load; 0: it does not. */
  elasticity: number;
}>;

/** Days with a week in them, a load that has one too, and noise that goes on. */
function plant({ seed, days, change, growth, noise, memory, elasticity }: Planted): Block[] {
  const chance = createChance(seed, 'verification');
  const normal = () => Math.sqrt(2 * chance.exponential()) * Math.cos(2 * Math.PI * chance.fraction());
  let carried = normal();
  return Array.from({ length: 2 * days }, (_, index) => {
    const position = index - days;
    const isAfter = position >= 0;
    carried = memory * carried + Math.sqrt(1 - memory ** 2) * normal();
    const weekday = ((position % 7) + 7) % 7;
    const load = 1_000 * (weekday >= 5 ? 0.6 : 1) * (1 + 0.05 * normal()) * (isAfter ? 1 + growth : 1);
    const level = 500 * (load / 1_000) ** elasticity * (isAfter ? 1 + change : 1);
    return { position, value: level * (1 + noise * carried), load, weight: 1 };
  });
}

const COST: ComparisonOptions = {
  confidence: 0.95,
  hasWeeks: true,
  elasticity: { least: 0, most: 1 },
};

/** How often of so many seeds the interval lies below zero, holds it, and lies above. */
function tally(planted: Omit<Planted, 'seed'>, seeds: number) {
  let [below, above] = [0, 0];
  for (let seed = 0; seed < seeds; seed++) {
    const { change } = compareBlocks(plant({ ...planted, seed }), COST)!;
    if (change.high < 0) below += 1;
    if (change.low > 0) above += 1;
  }
  return { below: below / seeds, above: above / seeds };
}

const QUIET = { days: 28, change: 0, growth: 0, noise: 0.05, memory: 0, elasticity: 1 };

describe('unchanged data', () => {
  test.each([
    { name: 'independent days', ...QUIET },
    { name: 'two weeks on either side', ...QUIET, days: 14 },
    { name: 'days that go on in the next', ...QUIET, memory: 0.5 },
    { name: 'a fifth more traffic, which the cost follows', ...QUIET, growth: 0.2 },
    { name: 'a fifth more traffic on machines that are always on', ...QUIET, growth: 0.2, elasticity: 0 },
  ])('shows no difference as often as stated: $name', ({ name: _, ...planted }) => {
    const { below, above } = tally(planted, 300);
    // 5 % are stated; of 300 seeds, 8 % is more than two standard errors above.
    expect(below + above).toBeLessThanOrEqual(0.08);
  });
});

describe('a planted change', () => {
  it('of a tenth is found in noise of a twentieth, also under growing traffic', () => {
    expect(tally({ ...QUIET, change: -0.1 }, 100).below).toBeGreaterThanOrEqual(0.95);
    expect(tally({ ...QUIET, change: -0.1, growth: 0.1 }, 100).below).toBeGreaterThanOrEqual(0.9);
  });

  it('of a twentieth is found in noise of a twenty-fifth', () => {
    expect(tally({ ...QUIET, change: 0.05, noise: 0.04 }, 100).above).toBeGreaterThanOrEqual(0.9);
  });

  it('lies inside the interval as often as stated', () => {
    let held = 0;
    for (let seed = 0; seed < 300; seed++) {
      const blocks = plant({ ...QUIET, change: -0.1, memory: 0.3, seed });
      const { change } = compareBlocks(blocks, COST)!;
      if (change.low <= -0.1 && change.high >= -0.1) held += 1;
    }
    expect(held / 300).toBeGreaterThanOrEqual(0.92);
  });
});

it('without noise is exact', () => {
  const blocks = plant({ ...QUIET, noise: 0, change: -0.1, seed: 1 }).map((block) => ({ ...block, load: 1 }));
  const even = blocks.map((block) => ({ ...block, value: block.position < 0 ? 100 : 90 }));
  const { expected, actual, change, difference } = compareBlocks(even, COST)!;
  expect([expected, actual]).toEqual([expect.closeTo(100, 6), 90]);
  expect(change).toEqual({
    low: expect.closeTo(-0.1, 6),
    expected: expect.closeTo(-0.1, 6),
    high: expect.closeTo(-0.1, 6),
  });
  expect(difference.expected).toBeCloseTo(-10, 6);
});

test.each([
  { days: 3, expected: null },
  { days: 4, expected: false },
  { days: 6, expected: false },
  { days: 7, expected: true },
])('$days days on either side: weeks matched $expected', ({ days, expected }) => {
  const comparison = compareBlocks(plant({ ...QUIET, days, seed: 1 }), COST);
  expect(comparison?.isWeekMatched ?? null).toBe(expected);
});
