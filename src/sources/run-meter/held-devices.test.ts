import { describe, expect, it } from 'vitest';
import { HeldDevices } from './held-devices.ts';

describe('devices that a run was given', () => {
  it('are held from start to end, used or not', () => {
    const held = new HeldDevices(1_000);
    held.give(['a', 'b']);
    held.see('a', 2_000, 1);
    held.see('a', 3_000, 0);
    expect(held.spans(9_000)).toEqual([
      { deviceId: 'a', startMs: 1_000, endMs: 9_000 },
      { deviceId: 'b', startMs: 1_000, endMs: 9_000 },
    ]);
  });
});

describe('devices that its processes were seen on', () => {
  const spans = (looks: readonly (readonly [number, number | null])[], endMs: number | null = 9_000) => {
    const held = new HeldDevices(0);
    for (const [atMs, own] of looks) held.see('a', atMs, own);
    return held.spans(endMs).map((span) => [span.startMs, span.endMs]);
  };

  it.each([
    { name: 'never', looks: [[1_000, 0]], expected: [] },
    {
      name: 'to the end',
      looks: [
        [1_000, 0],
        [2_000, 1],
        [3_000, 2],
      ],
      expected: [[2_000, 9_000]],
    },
    {
      name: 'until they were gone',
      looks: [
        [2_000, 1],
        [3_000, 0],
        [4_000, 0],
      ],
      expected: [[2_000, 3_000]],
    },
    {
      name: 'over a break',
      looks: [
        [2_000, 1],
        [3_000, 0],
        [4_000, 1],
      ],
      expected: [[2_000, 9_000]],
    },
    {
      name: 'while nobody looked',
      looks: [
        [2_000, 1],
        [3_000, null],
      ],
      expected: [[2_000, 9_000]],
    },
  ] as const)('$name', ({ looks, expected }) => {
    expect(spans(looks)).toEqual(expected);
  });

  it('are still held while the run goes on', () => {
    expect(spans([[2_000, 1]], null)).toEqual([[2_000, null]]);
  });
});
