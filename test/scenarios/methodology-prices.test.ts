import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { simulateServingMix } from '../../src/app/simulate/simulate-serving-mix.ts';
import { costOfFleet, gpusForSameWork } from '../../src/domain/fleet/size-fleet.ts';
import { displayAmount } from '../../src/domain/money/display-money.ts';
import { formatPicos, parsePicos } from '../../src/domain/money/picos.ts';
import { bestLevel, costAtLevel } from '../../src/domain/simulation/commitment/best-level.ts';
import { cheapestInHindsight } from '../../src/domain/simulation/spot/cheapest-in-hindsight.ts';
import {
  dalyInterval,
  wastedFraction,
  youngInterval,
} from '../../src/domain/simulation/spot/checkpoint-interval.ts';
import { SPOT_POLICIES } from '../../src/domain/simulation/spot/policies.ts';
import { runSpotJob } from '../../src/domain/simulation/spot/run-spot-job.ts';
import { createHighsSolver } from '../../src/solvers/highs/create-highs-solver.ts';
import { markedTables } from '../support/marked-tables.ts';

/** Every worked example of docs/methodology-prices.md, from the inputs in its own cells. */
const page = readFileSync(new URL('../../docs/methodology-prices.md', import.meta.url), 'utf8');
const tables = new Map(markedTables(page).map(({ name, rows }) => [name, rows]));
const rowsOf = (name: string) => tables.get(name) ?? [];
const picos = (text: string) => parsePicos(text)!.picos;
const MINUTE_MS = 60_000;

it('finds all examples', () => {
  expect([...tables.keys()]).toEqual([
    'spot',
    'checkpoints',
    'commitment',
    'serving-mix',
    'serving-mix-result',
    'size',
  ]);
});

test.each(rowsOf('spot'))('spot on %s, %s', (capacity, policy, ...expected) => {
  const trace = { gapMs: 10 * MINUTE_MS, available: Uint8Array.from(capacity!, Number), startTick: 0 };
  const job = { workMs: 40 * MINUTE_MS, deadlineMs: 80 * MINUTE_MS, changeoverMs: 6 * MINUTE_MS };
  const rates = { onDemandPerHour: 3, spotPerHour: 1 };
  const run =
    policy === 'optimal'
      ? cheapestInHindsight(trace, job, rates)
      : runSpotJob(trace, job, rates, SPOT_POLICIES[policy as keyof typeof SPOT_POLICIES]);
  const cost = (run.spotTicks * 1 + run.onDemandTicks * 3) / 6;
  expect([run.spotTicks, run.onDemandTicks, run.starts, cost.toFixed(2)].map(String)).toEqual(expected);
});

test.each(rowsOf('checkpoints'))(
  'a checkpoint of %s, a failure in %s',
  (checkpoint, between, restart, ...expected) => {
    const times = {
      checkpoint: Number.parseFloat(checkpoint!),
      meanTimeBetweenFailures: Number.parseFloat(between!),
      restart: Number.parseFloat(restart!),
    };
    const young = youngInterval(times);
    const wasted = `${(100 * wastedFraction(times, young)).toFixed(1)} %`;
    expect([`${young.toFixed(0)} s`, `${dalyInterval(times).toFixed(0)} s`, wasted]).toEqual(expected);
  },
);

test.each(rowsOf('commitment'))('a commitment at %s', (rateText, ...expected) => {
  const demand = Float64Array.of(1, 2, 3, 4, 5);
  const rate = Number(rateText);
  const level = bestLevel(demand, rate);
  const [cost, without] = [level, 0].map((units) => costAtLevel(demand, rate, units));
  const saving = `${(100 * (1 - cost! / without!)).toFixed(1)} %`;
  expect([String(level), cost!.toFixed(2), without!.toFixed(2), saving]).toEqual(expected);
});

test.each(rowsOf('serving-mix-result'))('a serving mix in %s slices', async (slices, ...expected) => {
  const sizes = rowsOf('serving-mix').map((cells) => cells.map(Number));
  const result = await simulateServingMix(
    {
      profiles: sizes.flatMap(([, small, large], size) =>
        [small!, large!].map((maxThroughput, kind) => ({
          gpu: kind === 0 ? 'A10G' : 'A100',
          inputTokens: size + 1,
          outputTokens: sizes.length - size,
          maxThroughput,
          latencyMs: null,
        })),
      ),
      demands: sizes.map(([requestsPerSecond], size) => ({
        inputTokens: size + 1,
        outputTokens: sizes.length - size,
        requestsPerSecond: requestsPerSecond!,
      })),
      prices: new Map([
        ['A10G', picos('1.01')],
        ['A100', picos('3.67')],
      ]),
      terms: { maxLatencyMs: null, overProvision: 0 },
      slices: Number(slices),
      available: new Map(),
    },
    createHighsSolver(),
  );
  const alone = result.singleKind.map(({ costPerHour }) => costPerHour!);
  expect([...Object.values(result.allocation).map(String), result.costPerHour, ...alone]).toEqual(expected);
});

test.each(rowsOf('size'))('%s GPUs at %s and %s', (gpus, price, utilization, ...expected) => {
  const size = {
    gpus: Number(gpus),
    perGpuHour: picos(price!),
    hoursPerMonth: picos('730'),
    utilization: picos(utilization!),
  };
  const { monthly, monthlyIdle, perUsefulGpuHour } = costOfFleet(size);
  const fewer = String(gpusForSameWork(size, picos('0.8')));
  expect([formatPicos(monthly), formatPicos(monthlyIdle), displayAmount(perUsefulGpuHour!), fewer]).toEqual(
    expected,
  );
});
