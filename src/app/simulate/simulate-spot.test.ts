import { describe, expect, it } from 'vitest';
import { parsePicos } from '../../domain/money/picos.ts';
import { type SpotRequest, simulateSpot } from './simulate-spot.ts';

const HOUR_MS = 3_600_000;
const traceOf = (text: string, startTick = 0) => ({
  gapMs: HOUR_MS / 2,
  available: Uint8Array.from(text, Number),
  startTick,
});
const request: SpotRequest = {
  traces: [traceOf('11111111'), traceOf('00000000')],
  job: { workMs: 2 * HOUR_MS, deadlineMs: 4 * HOUR_MS, changeoverMs: 0 },
  onDemandPerHour: parsePicos('3')!.picos,
  spotPerHour: parsePicos('1')!.picos,
  policy: 'greedy',
  counting: 'whole-ticks',
  checkpointMs: null,
  comparesAll: false,
};

describe('spot', () => {
  it('pays the mean over all starts', () => {
    // Two hours at 1 where spot is there, at 3 where not.
    expect(simulateSpot(request)).toMatchObject({
      policy: 'greedy',
      traces: 2,
      meanCost: '4.00',
      stdCost: '2.000',
      deadlineMisses: 0,
      meanSpotHours: 1,
      meanOnDemandHours: 1,
      savingPercent: expect.closeTo(100 / 3, 9),
      availabilityPercent: 50,
      tracesWithHistory: 0,
      meanHoursBetweenLosses: null,
      checkpoint: null,
      compared: [],
      gapClosedPercent: null,
    });
  });

  it('bills one more tick of what ran last when it counts as the published prototype does', () => {
    expect(simulateSpot({ ...request, counting: 'extra-tick' }).meanCost).toBe('5.00');
  });

  it('says how often to checkpoint, by how often capacity is taken', () => {
    // There for 6 ticks of half an hour and taken twice: every 1.5 h on average.
    const traces = [traceOf('11101110')];
    const { checkpoint, meanHoursBetweenLosses } = simulateSpot({ ...request, traces, checkpointMs: 60_000 });
    expect(meanHoursBetweenLosses).toBe(1.5);
    expect(checkpoint!.youngMinutes).toBeCloseTo(Math.sqrt(2 * 90), 9);
    expect(checkpoint!.dalyMinutes).toBeLessThan(checkpoint!.youngMinutes);
    expect(checkpoint!.wastedPercent).toBeCloseTo(100 * (1 / Math.sqrt(180) + Math.sqrt(180) / 180), 9);
    expect(simulateSpot({ ...request, checkpointMs: 60_000 }).checkpoint).toBeNull();
  });

  it('compares all policies, none cheaper than the optimum', () => {
    const { compared } = simulateSpot({ ...request, comparesAll: true });
    expect(compared.map(({ policy }) => policy)).toEqual([
      'on-demand',
      'greedy',
      'uniform-progress',
      'optimal',
      'tare',
    ]);
    const costs = compared.map(({ meanCost }) => Number(meanCost));
    expect(Math.min(...costs)).toBe(costs[3]);
  });

  it.each([
    {
      what: 'a deadline that on-demand misses',
      change: { job: { ...request.job, changeoverMs: 3 * HOUR_MS } },
      message: /do not fit/,
    },
    { what: 'no trace', change: { traces: [] }, message: /no trace/ },
  ])('refuses $what', ({ change, message }) => {
    expect(() => simulateSpot({ ...request, ...change })).toThrow(message);
  });

  it('refuses to look for the optimum on a grid that is too fine', () => {
    const fine = { gapMs: 1000, available: new Uint8Array(52 * 3600), startTick: 0 };
    const job = { workMs: 40 * HOUR_MS, deadlineMs: 52 * HOUR_MS, changeoverMs: 360_000 };
    expect(() => simulateSpot({ ...request, traces: [fine], job, policy: 'optimal' })).toThrow(
      /--tick-seconds|merge|states/,
    );
  });
});
