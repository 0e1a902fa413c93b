import { expect, it } from 'vitest';
import { createChance } from './chance.ts';

it('gives the same draws for the same seed and name, and others for another', () => {
  const draw = (seed: number, name: string) => {
    const chance = createChance(seed, name);
    return Array.from({ length: 5 }, () => chance.below(1000));
  };
  expect(draw(42, 'a')).toEqual(draw(42, 'a'));
  expect(draw(43, 'a')).not.toEqual(draw(42, 'a'));
  expect(draw(42, 'b')).not.toEqual(draw(42, 'a'));
});

it('is even, and exponential with mean 1 where asked for', () => {
  const chance = createChance(1, 'even');
  const counts = new Int32Array(10);
  let sum = 0;
  for (let index = 0; index < 100_000; index++) {
    counts[chance.below(10)]! += 1;
    sum += chance.exponential();
  }
  expect(Math.min(...counts)).toBeGreaterThan(9_700);
  expect(Math.max(...counts)).toBeLessThan(10_300);
  expect(sum / 100_000).toBeCloseTo(1, 1);
});

it('shuffles without losing anything', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  createChance(3, 'shuffle').shuffle(items);
  expect(items).not.toEqual(items.toSorted((a, b) => a - b));
  expect(items.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
});
