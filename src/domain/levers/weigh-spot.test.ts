import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { HOUR_MS } from '../time/window.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { hoursOf, START } from './hours.fixture.ts';
import { type MarketPrices, placeOfHours } from './market.ts';
import { hoursOnSpot, lengthsOfRuns, spotMoves, weighSpot } from './weigh-spot.ts';

const UNIT = PICOS_PER_UNIT;
const JOB = { workloadId: 'job', workload: 'ranker', kind: 'training', pool: 'train', team: 'ranking' };
const HOURS = hoursOf('##########', JOB);
const PRICES: MarketPrices = {
  onDemand: () => UNIT,
  spot: () => (UNIT * 3n) / 10n,
  committed: () => null,
  offered: () => [],
};
const placeOf = placeOfHours([
  {
    node: 'node-1',
    gpuModel: 'L40S',
    lifecycle: 'on_demand',
    provider: 'aws',
    region: 'us-east-1',
    instanceType: null,
  },
]);

function attempt(given: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    runId: 'test:1',
    attempt: 1,
    name: 'ranker',
    workloadId: 'job',
    state: 'succeeded',
    startMs: START,
    endMs: START + 10 * HOUR_MS,
    checkpoints: 4,
    checkpointSeconds: 30,
    deadlineHours: null,
    ...given,
  };
}

// Ten hours with 6.6 % wasted (30 s, every 22 minutes, taken every 8 h) take 10.7 hours on spot.
describe('a deadline', () => {
  test.each([
    { deadlineHours: null, kept: 10, late: 0 },
    { deadlineHours: 10.8, kept: 10, late: 0 },
    { deadlineHours: 10.6, kept: 0, late: 10 },
  ])('$deadlineHours h after the start: $kept hours could, $late would be late', (given) => {
    const [pool] = weighSpot(HOURS, [attempt({ deadlineHours: given.deadlineHours })], placeOf, PRICES);
    expect([pool!.kept.length, pool!.late.length, pool!.unsaved.length]).toEqual([given.kept, given.late, 0]);
  });

  it('is of the whole run, from its first attempt to its last', () => {
    const attempts = [
      attempt({ endMs: START + 4 * HOUR_MS, state: 'failed', deadlineHours: 9 }),
      attempt({ attempt: 2, startMs: START + 6 * HOUR_MS, deadlineHours: 9 }),
    ];
    expect(lengthsOfRuns(attempts)).toEqual(new Map([['test:1', 10]]));
    expect(weighSpot(HOURS, attempts, placeOf, PRICES)[0]!.late).toHaveLength(10);
  });

  it('of a run that still goes on is not judged', () => {
    const attempts = [attempt({ endMs: null, deadlineHours: 1 })];
    expect(weighSpot(HOURS, attempts, placeOf, PRICES)[0]!.kept).toHaveLength(10);
  });
});

describe('the hours of a pool', () => {
  it('are each in one place: could, without a checkpoint, or late', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            checkpoints: fc.nat(3),
            deadlineHours: fc.option(fc.integer({ min: 1, max: 20 }), { nil: null }),
            hours: fc.integer({ min: 1, max: 12 }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        (jobs) => {
          const hours = jobs.flatMap((job, index) =>
            hoursOf('#'.repeat(job.hours), { ...JOB, workloadId: `job-${index}` }),
          );
          const attempts = jobs.map((job, index) =>
            attempt({
              runId: `test:${index}`,
              workloadId: `job-${index}`,
              checkpoints: job.checkpoints,
              deadlineHours: job.deadlineHours,
              endMs: START + job.hours * HOUR_MS,
            }),
          );
          const all = weighSpot(hours, attempts, placeOf, PRICES).flatMap(({ kept, unsaved, late }) => [
            ...kept,
            ...unsaved,
            ...late,
          ]);
          expect(all.toSorted((a, b) => a - b)).toEqual([...hours.keys()]);
        },
      ),
    );
  });

  it('move to spot for longer, and no hour that would cost more', () => {
    const [{ terms, kept }] = weighSpot(HOURS, [attempt()], placeOf, PRICES) as [
      ReturnType<typeof weighSpot>[number],
    ];
    const residual = {
      picos: HOURS.map(() => UNIT),
      ticks: HOURS.map(({ ticks }) => ticks.productive),
      gpuModel: HOURS.map(() => 'L40S'),
      lifecycle: HOURS.map((_, index) => (index === 0 ? 'spot' : 'on_demand')),
    };
    const moves = spotMoves(kept, residual, (UNIT * 3n) / 10n, terms!);
    expect(moves).toHaveLength(9);
    expect(Number(moves[0]!.picos) / Number(UNIT)).toBeCloseTo(1 - 0.3 / (1 - terms!.wasted), 5);
    expect(spotMoves(kept, residual, UNIT, terms!)).toEqual([]);
    expect(hoursOnSpot(10, terms!)).toBeCloseTo(10 / (1 - terms!.wasted), 9);
  });
});
