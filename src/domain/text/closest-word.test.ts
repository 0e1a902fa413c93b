import { describe, expect, it } from 'vitest';
import { closestWord } from './closest-word.ts';

describe('closestWord', () => {
  const kinds = ['prometheus', 'focus', 'usage', 'capacity', 'allocations'];

  it.each([
    ['prometeus', 'prometheus'],
    ['FOCUS', 'focus'],
    ['fcous', 'focus'],
    ['useage', 'usage'],
    ['allocation', 'allocations'],
    ['bills', undefined],
    ['', undefined],
  ])('%s → %s', (typed, expected) => {
    expect(closestWord(typed, kinds)).toBe(expected);
  });

  it('has nothing to say without words', () => {
    expect(closestWord('x', [])).toBeUndefined();
  });
});
