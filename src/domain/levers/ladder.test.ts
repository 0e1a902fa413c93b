import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { bestLevel } from '../simulation/commitment/best-level.ts';
import { climbLadder, demandAt, freeNow, type HeldGpus, type LadderParts } from './ladder.ts';

const HOURS = 24;
const NOW = 1_000;
const all = (gpus: number) => new Float64Array(HOURS).fill(gpus);

const held = (name: string, gpus: number, toMs: number | null, fromMs: number | null = 0): HeldGpus => ({
  name,
  fromMs,
  toMs,
  was: fromMs !== null && fromMs > NOW ? all(0) : all(gpus),
  gpus: all(gpus),
});

const ladder = (given: Partial<LadderParts>): LadderParts => ({
  committed: all(8),
  committedLeft: all(8),
  onDemandLeft: all(4),
  held: [],
  rate: 0.6,
  bought: 4,
  nowMs: NOW,
  untilMs: 10_000,
  growthAt: () => 1,
  mostCommitted: () => Number.POSITIVE_INFINITY,
  ...given,
});

const steps = (given: Partial<LadderParts>) =>
  climbLadder(ladder(given)).map(({ atMs, ending, beginning, freedGpus, units }) => ({
    atMs,
    ending,
    beginning,
    freedGpus,
    units,
  }));

describe('what ends is demand again', () => {
  it('step by step, each as many as nothing else covers', () => {
    const parts = { held: [held('a', 3, 2_000), held('b', 5, 4_000)] };
    expect(steps(parts)).toEqual([
      { atMs: 2_000, ending: ['a'], beginning: [], freedGpus: 3, units: 3 },
      { atMs: 4_000, ending: ['b'], beginning: [], freedGpus: 5, units: 5 },
    ]);
  });

  it('only what was used of it', () => {
    expect(steps({ held: [held('a', 12, 2_000)] })).toEqual([
      // Of twelve, eight were used as committed and four had room for what is on demand: sixteen less four that the plan commits to.
      { atMs: 2_000, ending: ['a'], beginning: [], freedGpus: 12, units: 8 },
    ]);
  });

  it('costs what is above what was bought before, on demand or renewed', () => {
    const [step] = climbLadder(ladder({ held: [held('a', 8, 2_000)] }));
    // Eight GPUs for 24 hours at 1, or at 0.6.
    expect(step!.withoutUnits).toBeCloseTo(8 * HOURS, 9);
    expect(step!.withUnits).toBeCloseTo(8 * HOURS * 0.6, 9);
  });

  test.each<[what: string, given: Partial<LadderParts>, units: number[]]>([
    ['nor what could be committed to today, and is not', { held: [held('a', 8, 2_000)], bought: 0 }, [8]],
    ['not where another one begins then', { held: [held('a', 8, 2_000), held('next', 8, null, 2_000)] }, [0]],
    ['not beyond the term', { held: [held('a', 8, 20_000)] }, []],
    ['not what nobody knows an end of', { held: [held('a', 8, null)] }, []],
    ['not what levers have taken away', { held: [held('a', 8, 2_000)], committedLeft: all(2) }, [2]],
    ['not more than a limit', { held: [held('a', 8, 2_000)], mostCommitted: () => 9 }, [5]],
    ['more where demand grows', { held: [held('a', 8, 2_000)], growthAt: () => 1.5 }, [10]],
    ['what ended before now, too', { held: [held('a', 8, 500)] }, [8]],
    ['what runs as committed without a name stays', { held: [held('a', 3, 2_000)] }, [3]],
  ])('%s', (_, given, units) => {
    expect(climbLadder(ladder(given)).map((step) => step.units)).toEqual(units);
  });

  it('room in what is held covers hours on demand now', () => {
    const free = (given: Partial<LadderParts>) => freeNow(ladder(given))[0];
    expect(free({ held: [held('a', 12, 2_000)] })).toBe(4);
    expect(free({ held: [held('a', 6, 2_000)] })).toBe(0);
    expect(free({ held: [held('a', 12, 500)] })).toBe(0);
  });
});

const demand = fc
  .array(fc.integer({ min: 0, max: 12 }), { minLength: HOURS, maxLength: HOURS })
  .map((gpus) => Float64Array.from(gpus));
const someHeld = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(2_000, 3_000, 4_000, null)), {
    maxLength: 4,
  })
  .map((all) => all.map(([gpus, toMs], index) => held(`c${index}`, gpus, toMs)));

describe('laws', () => {
  it('a step never costs more than without it, and all of them end at the level for what is then left', () => {
    fc.assert(
      fc.property(demand, demand, someHeld, (onDemandLeft, committed, commitments) => {
        const parts = ladder({
          onDemandLeft,
          committed,
          committedLeft: committed,
          held: commitments,
          bought: 0,
        });
        const climbed = climbLadder(parts);
        for (const { withUnits, withoutUnits, units } of climbed) {
          expect(withUnits).toBeLessThanOrEqual(withoutUnits + 1e-9);
          expect(units).toBeGreaterThanOrEqual(0);
        }
        const last = climbed.at(-1);
        if (last === undefined) return;
        const bought = climbed.reduce((sum, { units }) => sum + units, 0);
        const levelAt = (atMs: number) => bestLevel(demandAt(parts, atMs), parts.rate);
        expect(levelAt(NOW) + bought).toBe(levelAt(last.atMs));
      }),
    );
  });

  it('whatever ends, nothing is covered twice and no demand is made up', () => {
    fc.assert(
      fc.property(demand, demand, someHeld, (onDemandLeft, committed, commitments) => {
        const parts = ladder({ onDemandLeft, committed, committedLeft: committed, held: commitments });
        const left = demandAt(parts, 5_000);
        for (const [hour, gpus] of left.entries()) {
          expect(gpus).toBeGreaterThanOrEqual(0);
          expect(gpus).toBeLessThanOrEqual(onDemandLeft[hour]! + committed[hour]!);
        }
      }),
    );
  });
});
