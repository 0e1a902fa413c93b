import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { HOUR_MS } from '../../domain/time/window.ts';
import { type Claim, cutAtMidnight, placeClaims, spread } from './place-claims.ts';
import { UTC } from './slurm-time.ts';

const DAY = Date.UTC(2026, 9, 14);
const untyped = (count: number) => [{ type: null, count }];

test.each([
  { gpus: 8, nodes: ['a', 'b'], counts: { a: 4, b: 4 } },
  { gpus: 10, nodes: ['a', 'b', 'c', 'd'], counts: { a: 3, b: 3, c: 2, d: 2 } },
  { gpus: 1, nodes: ['a', 'b'], counts: { a: 1 } },
])('$gpus GPUs on $nodes', ({ gpus, nodes, counts }) => {
  const found = spread({ gpus: untyped(gpus), nodes });
  expect(Object.fromEntries(found.map(({ node, count }) => [node, count]))).toEqual(counts);
});

test('types fill the nodes one after the other', () => {
  const gpus = [
    { type: 'a100', count: 4 },
    { type: 'v100', count: 2 },
  ];
  expect(spread({ gpus, nodes: ['a', 'b'] })).toEqual([
    { node: 'a', type: 'a100', count: 3 },
    { node: 'b', type: 'a100', count: 1 },
    { node: 'b', type: 'v100', count: 2 },
  ]);
});

test('a claim is cut at midnight, and an open one ends open', () => {
  const claim = { ...claimOf('a', 22, 50, 1, ['n']), sinceMs: DAY + 22 * HOUR_MS };
  const hoursOf = (pieces: readonly Claim[]) =>
    pieces.map(({ startMs, endMs }) => [
      (startMs - DAY) / HOUR_MS,
      endMs === null ? null : (endMs - DAY) / HOUR_MS,
    ]);
  expect(hoursOf(cutAtMidnight(claim, UTC, 0))).toEqual([
    [22, 24],
    [24, 48],
    [48, 50],
  ]);
  expect(hoursOf(cutAtMidnight({ ...claim, endMs: null }, UTC, DAY + 30 * HOUR_MS))).toEqual([
    [22, 24],
    [24, null],
  ]);
  expect(cutAtMidnight({ ...claim, endMs: claim.startMs }, UTC, 0)).toEqual([]);
});

describe('numbers of devices', () => {
  it('are the lowest that are free', () => {
    const placed = placeClaims([
      claimOf('long', 0, 10, 1, ['n']),
      claimOf('short', 0, 2, 2, ['n']),
      claimOf('next', 2, 4, 1, ['n']),
      claimOf('other', 1, 4, 1, ['m']),
    ]);
    const numbers = (name: string) =>
      placed.filter(({ claim }) => claim.workloadId === name).map(({ node, index }) => `${node}:${index}`);
    expect(numbers('long')).toEqual(['n:0']);
    expect(numbers('short')).toEqual(['n:1', 'n:2']);
    expect(numbers('next')).toEqual(['n:1']);
    expect(numbers('other')).toEqual(['m:0']);
  });

  const anyClaim = fc.record({
    from: fc.integer({ min: 0, max: 20 }),
    hours: fc.integer({ min: 1, max: 10 }),
    count: fc.integer({ min: 1, max: 5 }),
    nodes: fc.constantFrom(['n'], ['m'], ['n', 'm']),
  });
  const anyClaims = fc
    .array(anyClaim, { maxLength: 15 })
    .map((all) =>
      all.map(({ from, hours, count, nodes }, at) => claimOf(`job-${at}`, from, from + hours, count, nodes)),
    );

  it('are never shared at the same time, and all that was held is placed', () => {
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const placed = placeClaims(claims);
        for (const claim of claims)
          expect(placed.filter((one) => one.claim === claim)).toHaveLength(claim.gpus[0]!.count);
        for (const [at, one] of placed.entries()) {
          const clashes = placed
            .slice(at + 1)
            .filter(
              (other) =>
                other.node === one.node &&
                other.index === one.index &&
                other.claim.startMs < one.claim.endMs! &&
                one.claim.startMs < other.claim.endMs!,
            );
          expect(clashes).toEqual([]);
        }
      }),
    );
  });

  it('do not depend on the order of the claims, and not on what comes later', () => {
    fc.assert(
      fc.property(anyClaims, fc.integer({ min: 0, max: 20 }), (claims, hour) => {
        const said = (all: readonly Claim[]) =>
          placeClaims(all)
            .map(({ claim, node, index }) => `${claim.workloadId} ${node} ${index}`)
            .sort();
        expect(said([...claims].reverse())).toEqual(said(claims));
        const early = claims.filter(({ startMs }) => startMs <= DAY + hour * HOUR_MS);
        const names = new Set(early.map(({ workloadId }) => workloadId));
        expect(said(early)).toEqual(said(claims).filter((line) => names.has(line.split(' ')[0]!)));
      }),
    );
  });
});

function claimOf(
  workloadId: string,
  fromHour: number,
  toHour: number,
  count: number,
  nodes: readonly string[],
): Claim {
  const startMs = DAY + fromHour * HOUR_MS;
  return {
    workloadId,
    sinceMs: startMs,
    startMs,
    endMs: DAY + toHour * HOUR_MS,
    gpus: untyped(count),
    nodes,
  };
}
