import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomStream } from './random.ts';

const draws = (seed: number, name: string) => {
  const random = randomStream(seed, name);
  return Array.from({ length: 8 }, random.fraction);
};

it('gives the same stream for the same seed and name, and another one otherwise', () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), (seed, name) => {
      expect(draws(seed, name)).toEqual(draws(seed, name));
      expect(draws(seed, name)).not.toEqual(draws(seed + 1, name));
      expect(draws(seed, name)).not.toEqual(draws(seed, `${name}x`));
    }),
  );
});

it('draws evenly between 0 and 1', () => {
  const random = randomStream(42, 'evenness');
  const tenths = new Array(10).fill(0);
  for (let draw = 0; draw < 100_000; draw++) tenths[Math.floor(random.fraction() * 10)]++;
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

it('picks by weight', () => {
  const random = randomStream(42, 'weights');
  const choices = [
    { name: 'often', weight: 9 },
    { name: 'never', weight: 0 },
    { name: 'rarely', weight: 1 },
  ];
  const picked = Array.from({ length: 10_000 }, () => random.pick(choices).name);
  expect(picked).not.toContain('never');
  expect(Math.abs(picked.filter((name) => name === 'rarely').length - 1_000)).toBeLessThan(150);
});
