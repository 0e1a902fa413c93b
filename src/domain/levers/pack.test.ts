import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatPicos } from '../money/picos.ts';
import { HOUR_MS } from '../time/window.ts';
import { sumOf } from './add-up-plan.ts';
import { grossPicos } from './holder-hour.ts';
import { START } from './hours.fixture.ts';
import { findIdleCauses } from './idle-causes.ts';
import { proposePack } from './pack.ts';
import { fleetOf, type Nodes, type Stay } from './placed.fixture.ts';

const WINDOW = { fromMs: START, toMs: START + 100 * HOUR_MS };
function pack({ hours, held }: ReturnType<typeof fleetOf>) {
  const causes = findIdleCauses(hours, [], { window: WINDOW, graceHours: 2 });
  const proposals = proposePack(hours, causes, held);
  const saved = proposals.map((one) => sumOf(one.replay(hours.map(grossPicos))));
  return { hours, proposals, saved };
}

const TWO: Nodes = { a: { gpus: 8, hours: 12 }, b: { gpus: 8, hours: 12 } };

describe('pack', () => {
  test.each([
    {
      name: 'puts two halves together, and keeps the empty node for an hour',
      stays: [
        { who: 'x', on: 'a', gpus: 4, from: 0, to: 12 },
        { who: 'y', on: 'b', gpus: 4, from: 0, to: 12 },
      ],
      expected: ['88.00'],
    },
    {
      name: 'pays for the node that is needed again',
      stays: [
        { who: 'x', on: 'a', gpus: 4, from: 0, to: 12 },
        { who: 'y', on: 'b', gpus: 4, from: 0, to: 6 },
        { who: 'z', on: 'b', gpus: 8, from: 6, to: 12 },
      ],
      // Five hours of eight GPUs, less ten minutes of them.
      expected: ['38.666666666667'],
    },
    {
      name: 'leaves full nodes alone',
      stays: [
        { who: 'x', on: 'a', gpus: 8, from: 0, to: 12 },
        { who: 'y', on: 'b', gpus: 5, from: 0, to: 12 },
      ],
      expected: [],
    },
    {
      name: 'moves nothing that runs',
      stays: [
        { who: 'x', on: 'a', gpus: 6, from: 0, to: 2 },
        { who: 'y', on: 'b', gpus: 4, from: 1, to: 12 },
      ],
      // Once x is gone a stands empty as it did before: the release lever has it.
      expected: [],
    },
    {
      name: 'turns nothing away',
      stays: [
        { who: 'x', on: 'a', gpus: 4, from: 0, to: 12 },
        { who: 'y', on: 'b', gpus: 4, from: 0, to: 12 },
        { who: 'z', on: 'a', gpus: 4, from: 1, to: 12 },
        { who: 'w', on: 'b', gpus: 4, from: 1, to: 12 },
      ],
      expected: [],
    },
  ])('$name', ({ stays, expected }) => {
    expect(pack(fleetOf(TWO, stays)).saved.map(formatPicos)).toEqual(expected);
  });

  it('takes a hold that was read hour by hour for one', () => {
    const stays = [
      { who: 'x', on: 'a', gpus: 6, from: 0, to: 2 },
      { who: 'y', on: 'b', gpus: 4, from: 1, to: 12 },
    ];
    const fleet = fleetOf(TWO, stays);
    const byTheHour = fleet.held.flatMap((one) => {
      const hours = (one.endMs - one.startMs) / HOUR_MS;
      return Array.from({ length: hours }, (_, hour) => ({
        ...one,
        startMs: one.startMs + hour * HOUR_MS,
        endMs: one.startMs + (hour + 1) * HOUR_MS,
      }));
    });
    // Placed anew every hour, y would move to the first node as soon as x is gone.
    expect(byTheHour).toHaveLength(56);
    expect(pack({ ...fleet, held: byTheHour }).saved).toEqual(pack(fleet).saved);
    expect(pack({ ...fleet, held: byTheHour }).proposals).toEqual([]);
  });

  it('fills what is paid for anyway first, and gives back only what is rented', () => {
    const owned = { given: { lifecycle: 'owned' } };
    const stays = [
      { who: 'x', on: 'b', gpus: 2, from: 0, to: 12 },
      { who: 'y', on: 'c', gpus: 2, from: 0, to: 12 },
    ];
    const rentedTwice = {
      a: { gpus: 8, hours: 12, ...owned },
      b: { gpus: 8, hours: 12 },
      c: { gpus: 8, hours: 12 },
    };
    expect(pack(fleetOf(rentedTwice, stays)).saved.map(formatPicos)).toEqual(['176.00']);
    const allOwned = { b: { gpus: 8, hours: 12, ...owned }, c: { gpus: 8, hours: 12, ...owned } };
    expect(pack(fleetOf(allOwned, stays)).saved).toEqual([]);
  });

  it('keeps replicas of an endpoint apart', () => {
    const endpoint = { kind: 'inference', workload: 'chat' };
    const stays = [
      { who: 'chat-1', on: 'a', gpus: 2, from: 0, to: 12, given: endpoint },
      { who: 'chat-2', on: 'b', gpus: 2, from: 0, to: 12, given: endpoint },
    ];
    expect(pack(fleetOf(TWO, stays)).saved).toEqual([]);
  });

  test.each([
    // Eleven hours of the second node, less five in which the first would have been given back.
    { hours: 12, expected: ['48.00'] },
    // Work that outlives the first node cannot have gone there.
    { hours: 6, expected: [] },
  ])('takes a node that is there for $hours of twelve hours', ({ hours, expected }) => {
    const nodes = { a: { gpus: 8, hours }, b: { gpus: 8, hours: 12 }, c: { gpus: 8, hours: 12 } };
    const stays = [
      { who: 'x', on: 'a', gpus: 2, from: 0, to: 6 },
      { who: 'y', on: 'b', gpus: 2, from: 0, to: 12 },
    ];
    expect(pack(fleetOf(nodes, stays)).saved.map(formatPicos)).toEqual(expected);
  });

  it('leaves nodes with slices, and with GPUs that were promised twice, as they are', () => {
    const stays = [
      { who: 'x', on: 'a', gpus: 1, from: 0, to: 12 },
      { who: 'y', on: 'b', gpus: 1, from: 0, to: 12 },
    ];
    const fleet = fleetOf(TWO, stays);
    expect(pack(fleet).saved).toHaveLength(1);
    const sliced = fleet.held.map((one) => (one.node === 'b' ? { ...one, isWholeGpu: false } : one));
    expect(pack({ ...fleet, held: sliced }).saved).toEqual([]);
    const [, second] = fleet.held;
    expect(pack({ ...fleet, held: [...fleet.held, { ...second!, workloadId: 'z' }] }).saved).toEqual([]);
  });

  it('says what other policies would have done, and names the profile to change to', () => {
    const { proposals } = pack(
      fleetOf(TWO, [
        { who: 'x', on: 'a', gpus: 4, from: 0, to: 12 },
        { who: 'y', on: 'b', gpus: 4, from: 0, to: 12 },
      ]),
    );
    expect(proposals[0]).toMatchObject({
      target: 'pool lab',
      change: { kind: 'pack-nodes', pool: 'lab', gpuModel: 'L40S', afterHours: 1 },
    });
    expect(proposals[0]!.facts).toEqual([
      '2 placements on 2 nodes with L40S replayed as they came and went; none was turned away',
      '11 node-hours more would have been empty, on 1 node',
      'by fragmentation gradient descent it would have been 11 node-hours',
      "by Tare's own policy it would have been 11 node-hours",
    ]);
  });

  it('never saves more than the nodes cost, nor more than was held by nobody', () => {
    const stay = fc.record({
      on: fc.constantFrom('a', 'b', 'c'),
      gpus: fc.integer({ min: 1, max: 8 }),
      from: fc.nat(20),
      length: fc.integer({ min: 1, max: 20 }),
    });
    const nodes: Nodes = { a: { gpus: 8, hours: 40 }, b: { gpus: 8, hours: 40 }, c: { gpus: 8, hours: 40 } };
    fc.assert(
      fc.property(fc.array(stay, { maxLength: 12 }), (drawn) => {
        const stays: Stay[] = [];
        for (const [index, { on, gpus, from, length }] of drawn.entries()) {
          const next = { who: `w${index}`, on, gpus, from, to: from + length };
          const beside = stays.filter((other) => other.on === on && other.from < next.to && from < other.to);
          if (beside.reduce((sum, other) => sum + other.gpus, gpus) <= 8) stays.push(next);
        }
        const { hours, saved, proposals } = pack(fleetOf(nodes, stays));
        const unheld = hours.reduce((sum, { cost }) => sum + cost.unallocated, 0n);
        for (const [index, picos] of saved.entries()) {
          const scope = proposals[index]!.scope.reduce((sum, of) => sum + grossPicos(hours[of]!), 0n);
          expect(picos).toBeLessThanOrEqual(scope);
          expect(picos).toBeLessThanOrEqual(unheld);
          expect(picos).toBeGreaterThanOrEqual(0n);
        }
      }),
    );
  });
});
