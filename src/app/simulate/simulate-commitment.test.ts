import { describe, expect, it } from 'vitest';
import { parsePicos } from '../../domain/money/picos.ts';
import { type CommitmentRequest, simulateCommitment } from './simulate-commitment.ts';

const weeks = (...levels: number[]) =>
  Float64Array.from(levels.flatMap((level) => Array<number>(168).fill(level)));
const request: CommitmentRequest = {
  demand: weeks(8, 10),
  missingHours: 0,
  rate: 0.6,
  trainHours: 168,
  existing: [],
  growthPerMonth: 0,
  terms: [],
  survivalPerYear: 1,
  onDemandPerHour: null,
};

describe('a commitment', () => {
  it('is decided on the past, and judged on what followed', () => {
    expect(simulateCommitment(request)).toMatchObject({
      level: 8,
      trainHours: 168,
      testHours: 168,
      claimedSavingsPercent: expect.closeTo(40, 9),
      // 8 of 10 at 0.6: saves 3.2 of 10. The best would have been 10.
      realisedSavingsPercent: expect.closeTo(32, 9),
      oracleSavingsPercent: expect.closeTo(40, 9),
      oracleLevel: 10,
      regretPercent: expect.closeTo(8, 9),
      risk: {
        breakEvenUsePercent: 60,
        weeksAtALossPercent: 0,
        trainUsePercent: 100,
        testUsePercent: 100,
        hoursBelowLevelPercent: 0,
      },
      monthlySaving: null,
    });
  });

  it('loses when demand goes away, and says so', () => {
    const result = simulateCommitment({ ...request, demand: weeks(10, 2) });
    // 10 × 0.6 = 6 for work that costs 2 on demand.
    expect(result.realisedSavingsPercent).toBeCloseTo(-200, 9);
    expect(result.risk.testUsePercent).toBeCloseTo(20, 9);
  });

  it('has nothing to be judged on when all hours were used to decide', () => {
    expect(simulateCommitment({ ...request, trainHours: 1440 })).toMatchObject({
      trainHours: 336,
      testHours: 0,
      realisedSavingsPercent: null,
      oracleSavingsPercent: null,
    });
  });

  it('buys on top of what is committed already', () => {
    const existing = [{ units: 3, untilHour: null }];
    const result = simulateCommitment({ ...request, existing });
    expect(result.level).toBe(5);
    expect(result.existing).toEqual({ units: 3, usePercent: 100, coveragePercent: 37.5 });
    // It ended with the training hours: more is left to save on afterwards.
    const ended = simulateCommitment({ ...request, existing: [{ units: 3, untilHour: 168 }] });
    expect(ended).toMatchObject({ level: 5, oracleLevel: 10, existing: { units: 0 } });
  });

  it('follows growth when it is told to, or when it is measured', () => {
    expect(simulateCommitment({ ...request, growthPerMonth: 0.5 }).level).toBeGreaterThan(8);
    const growing = { ...request, demand: weeks(4, 6, 8, 10, 12), trainHours: 4 * 168 };
    const still = simulateCommitment(growing);
    const trend = simulateCommitment({ ...growing, growthPerMonth: 'trend' });
    expect(trend.level).toBeGreaterThan(still.level);
    expect(trend.realisedSavingsPercent!).toBeGreaterThan(still.realisedSavingsPercent!);
  });

  it('says what it saves in money, to cents', () => {
    const result = simulateCommitment({ ...request, onDemandPerHour: parsePicos('2.50')!.picos });
    expect(result.monthlySaving).toEqual({ claimed: '5840.00', realised: '5840.00' });
  });

  it('cannot be decided without demand', () => {
    expect(() => simulateCommitment({ ...request, demand: new Float64Array(0) })).toThrow(
      /no hour of demand/,
    );
  });
});
