import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { heldHour } from '../../../../test/support/held-hours.ts';
import type { HolderHour } from '../../levers/holder-hour.ts';
import { findIdleHours, hoursBeyond } from './idle-hours.ts';
import { sumHours } from './rebuild-launches.ts';

const SIGNS = { '.': 'idle', x: 'productive', '?': 'unobserved' } as const;

/** `-` is an hour in which nothing was held. */
function hoursOf(pattern: string, node = 'node-1'): HolderHour[] {
  return [...pattern].flatMap((sign, hour) =>
    sign === '-' ? [] : [heldHour(hour, SIGNS[sign as keyof typeof SIGNS], { node })],
  );
}

describe('idle hours', () => {
  test.each([
    ['x.x', 1, 1],
    ['x..x....', 4, 4],
    ['..-..', 2, 2],
    ['..?..', 2, 5],
    ['x??x', 0, 2],
    ['', 0, 0],
  ])('of %s are %i, and at the most %i', (pattern, certain, possible) => {
    const idle = findIdleHours(hoursOf(pattern));
    expect([idle.certain, idle.possible]).toEqual([certain, possible]);
  });

  it('of several nodes are those in which all stand still', () => {
    const idle = findIdleHours([...hoursOf('....x'), ...hoursOf('x..xx', 'node-2')]);
    expect(idle.certain).toBe(2);
    expect(hoursBeyond(idle, 1)).toHaveLength(2);
  });

  const anyPattern = fc.string({ unit: fc.constantFrom('.', 'x', '?', '-'), maxLength: 40 });

  it('are never more than those at the most, and cost less the longer they may last', () => {
    fc.assert(
      fc.property(anyPattern, fc.nat(20), fc.nat(20), (pattern, a, b) => {
        const hours = hoursOf(pattern);
        const idle = findIdleHours(hours);
        expect(idle.certain).toBeLessThanOrEqual(idle.possible);
        const [short, long] = [Math.min(a, b), Math.max(a, b)];
        const costOf = (limit: number) => sumHours(hoursBeyond(idle, limit)).picos;
        expect(costOf(long) <= costOf(short)).toBe(true);
        expect(costOf(0) <= sumHours(hours).idlePicos).toBe(true);
        expect(costOf(idle.certain)).toBe(0n);
        expect(costOf(short) > 0n).toBe(idle.certain > short);
      }),
    );
  });
});
