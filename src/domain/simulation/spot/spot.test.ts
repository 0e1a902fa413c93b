import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cheapestInHindsight } from './cheapest-in-hindsight.ts';
import { SPOT_POLICIES } from './policies.ts';
import { runSpotJob, type SpotRun } from './run-spot-job.ts';
import { isFeasible, type SpotJob, type SpotPolicy, type SpotTrace } from './spot-job.ts';

const MINUTE_MS = 60_000;
const rates = { onDemandPerHour: 3, spotPerHour: 1 };

const traceOf = (text: string, startTick = 0, gapMinutes = 10): SpotTrace => ({
  gapMs: gapMinutes * MINUTE_MS,
  available: Uint8Array.from(text.replaceAll(' ', ''), (tick) => Number(tick)),
  startTick,
});
const jobOf = (workMinutes: number, deadlineMinutes: number, changeoverMinutes: number): SpotJob => ({
  workMs: workMinutes * MINUTE_MS,
  deadlineMs: deadlineMinutes * MINUTE_MS,
  changeoverMs: changeoverMinutes * MINUTE_MS,
});
const costOf = ({ spotTicks, onDemandTicks }: SpotRun) =>
  spotTicks * rates.spotPerHour + onDemandTicks * rates.onDemandPerHour;

describe('one run, checked by hand: 40 minutes of work in 80, ticks of 10, change-overs of 6', () => {
  const job = jobOf(40, 80, 6);
  test.each([
    // 4 + 6·4 … the first tick makes 4 minutes, then three full ones and the last 6 minutes in a fifth.
    ['on-demand', '00000000', { spotTicks: 0, onDemandTicks: 5, starts: 1, finishedAfterTicks: 5 }],
    ['greedy', '11111111', { spotTicks: 5, onDemandTicks: 0, starts: 1, finishedAfterTicks: 5 }],
    // Waits three ticks: then 40 + 6 minutes, rounded up to 50, are all that is left.
    ['greedy', '00000000', { spotTicks: 0, onDemandTicks: 5, starts: 1, finishedAfterTicks: 8 }],
    // Two ticks of spot make 4 + 10 minutes, two of waiting; the 26 left and a change-over take the last four.
    ['greedy', '11000000', { spotTicks: 2, onDemandTicks: 4, starts: 2, finishedAfterTicks: 8 }],
  ] as const)('%s on %s', (name, text, expected) => {
    expect(runSpotJob(traceOf(text), job, rates, SPOT_POLICIES[name])).toMatchObject(expected);
  });

  test.each([
    ['11111111', { spotTicks: 5, onDemandTicks: 0, starts: 1 }],
    // The capacity comes late, and is enough.
    ['00011111', { spotTicks: 5, onDemandTicks: 0, starts: 1 }],
    // Five ticks of spot at 1 in two parts lack 2 minutes; on-demand to the end after the first part costs more than a sixth tick.
    ['11001111', { spotTicks: 6, onDemandTicks: 0, starts: 2 }],
    ['00000000', { spotTicks: 0, onDemandTicks: 5, starts: 1 }],
  ])('at least, on %s', (text, expected) => {
    expect(cheapestInHindsight(traceOf(text), job, rates)).toMatchObject(expected);
  });
});

it('sees no spot instance any more once its capacity is gone', () => {
  const seen: number[] = [];
  const watch: SpotPolicy = () => (moment) => {
    seen.push(moment.holding);
    return moment.isSpotAvailable ? 1 : 2;
  };
  runSpotJob(traceOf('11011'), jobOf(30, 50, 0), rates, watch);
  expect(seen).toEqual([0, 1, 0]);
});

it('charges a change-over again when it was not over', () => {
  // 25 minutes of change-over: two ticks are not enough, and the second start begins at zero.
  const run = runSpotJob(
    traceOf('110111111'),
    jobOf(30, 90, 25),
    rates,
    () => (m) => (m.isSpotAvailable ? 1 : 0),
  );
  expect(run).toMatchObject({ spotTicks: 8, starts: 2, finishedAfterTicks: 9 });
});

it('shows a policy nothing but what came before its start', () => {
  let shown: readonly number[] = [];
  const look: SpotPolicy = ({ history }) => {
    shown = [...history];
    return () => 2;
  };
  runSpotJob(traceOf('101 0111', 3), jobOf(10, 40, 0), rates, look);
  expect(shown).toEqual([1, 0, 1]);
});

test.each([
  {
    name: 'a trace that ends early',
    trace: traceOf('111'),
    policy: SPOT_POLICIES.greedy,
    message: /ends before/,
  },
  {
    name: 'spot that is not there',
    trace: traceOf('00000'),
    policy: (() => () => 1) as SpotPolicy,
    message: /not there/,
  },
])('refuses $name', ({ trace, policy, message }) => {
  expect(() => runSpotJob(trace, jobOf(20, 50, 0), rates, policy)).toThrow(message);
});

/** Capacity that comes and goes in stretches, a job that on-demand can just do or better, any change-over. */
const anyCase = fc
  .record({
    stretches: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 4, maxLength: 60 }),
    startsAvailable: fc.boolean(),
    gapMinutes: fc.constantFrom(5, 10, 15),
    changeoverMinutes: fc.integer({ min: 0, max: 25 }),
    workMinutes: fc.integer({ min: 1, max: 300 }),
    slackMinutes: fc.integer({ min: 0, max: 120 }),
    historyTicks: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ stretches, startsAvailable, ...rest }) => {
    const text = stretches.map((ticks, index) =>
      ((index % 2 === 0) === startsAvailable ? '1' : '0').repeat(ticks),
    );
    const job = jobOf(
      rest.workMinutes,
      rest.workMinutes + rest.changeoverMinutes + rest.gapMinutes + rest.slackMinutes,
      rest.changeoverMinutes,
    );
    const ticks = Math.floor(job.deadlineMs / (rest.gapMinutes * MINUTE_MS));
    const padded = text.join('').padEnd(rest.historyTicks + ticks, '0');
    return { job, trace: traceOf(padded, rest.historyTicks, rest.gapMinutes) };
  })
  .filter(({ job, trace }) => isFeasible(job, trace.gapMs));

describe.each(Object.entries(SPOT_POLICIES))('%s, on any capacity', (_, policy) => {
  it('never misses a feasible deadline, and never costs less than the optimum', () => {
    fc.assert(
      fc.property(anyCase, ({ job, trace }) => {
        const run = runSpotJob(trace, job, rates, policy);
        expect(run.finishedAfterTicks).not.toBeNull();
        const best = cheapestInHindsight(trace, job, rates);
        expect(best.finishedAfterTicks).not.toBeNull();
        expect(costOf(best)).toBeLessThanOrEqual(costOf(run));
      }),
      { numRuns: 60 },
    );
  });

  it('decides the same when the future is another one', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 1, max: 20 }), ({ job, trace }, seen) => {
        const other = trace.available.map((tick, index) =>
          index < trace.startTick + seen ? tick : 1 - tick,
        );
        const decisions = (available: Uint8Array) => {
          const made: number[] = [];
          runSpotJob({ ...trace, available }, job, rates, (briefing) => {
            const decide = policy(briefing);
            return (moment) => {
              const holding = decide(moment);
              made.push(holding);
              return holding;
            };
          });
          return made.slice(0, seen);
        };
        const [one, two] = [decisions(trace.available), decisions(other)];
        expect(one.slice(0, two.length)).toEqual(two.slice(0, one.length));
      }),
      { numRuns: 30 },
    );
  });
});
