import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import type { DeclaredCommitment } from '../../src/domain/commitments/held-commitment.ts';
import { useDeclared } from '../../src/domain/commitments/use-declared.ts';
import { bestPlan } from '../../src/domain/levers/best-plan.ts';
import { type CommitMarket, commitMoves } from '../../src/domain/levers/commit.ts';
import { growHours, growthFactor } from '../../src/domain/levers/grow-hours.ts';
import type { HolderHour } from '../../src/domain/levers/holder-hour.ts';
import { climbLadder } from '../../src/domain/levers/ladder.ts';
import { type ModelEvidence, qualityState, savedShare } from '../../src/domain/levers/model-levers.ts';
import { composePlan, savedAlone } from '../../src/domain/levers/plan.ts';
import { type PlanLever, type Residual, stageOf } from '../../src/domain/levers/plan-lever.ts';
import { displayAmount } from '../../src/domain/money/display-money.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../../src/domain/money/picos.ts';
import { dalyInterval, wastedFraction } from '../../src/domain/simulation/spot/checkpoint-interval.ts';
import { HOUR_MS } from '../../src/domain/time/window.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';
import { compareBlocks } from '../../src/domain/verification/compare-blocks.ts';
import { judgePromise } from '../../src/domain/verification/judge-promise.ts';
import { markedTables } from '../support/marked-tables.ts';

/** Every worked example of docs/methodology-plan.md, from the inputs in its own cells. */
const page = readFileSync(new URL('../../docs/methodology-plan.md', import.meta.url), 'utf8');
const tables = new Map(markedTables(page).map(({ name, rows }) => [name, rows]));
const rowsOf = (name: string) => tables.get(name) ?? [];

it('finds all examples', () => {
  expect([...tables.keys()]).toEqual([
    'plan',
    'spot-history',
    'held-use',
    'ladder',
    'growth',
    'model-evidence',
    'shift',
    'promise',
  ]);
});

const HOURS = 12;
const hours = Array.from({ length: HOURS }, (_, hour) => ({ hourMs: hour * HOUR_MS }) as HolderHour);
const WHOLE: Residual = {
  picos: hours.map(() => 2n * PICOS_PER_UNIT),
  ticks: hours.map(() => 2n * TICKS_PER_GPU_HOUR),
  gpuModel: hours.map(() => 'L40S'),
  lifecycle: hours.map(() => 'on_demand'),
};
const MARKET: CommitMarket = {
  gpuModel: 'L40S',
  scope: [...hours.keys()],
  committedPerGpuHour: (PICOS_PER_UNIT * 6n) / 10n,
  periodHours: HOURS,
  mostUnits: 100,
  keptPpm: PPM,
};

/** `reclaim`, `commit`, `spot 30 %`. */
function leverOf(words: string): PlanLever {
  const [lever, percent] = words.split(' ');
  const common = {
    id: words,
    lever: lever!,
    target: '',
    stage: stageOf(lever!),
    scope: [...hours.keys()],
    markets: ['L40S'],
  };
  if (lever === 'commit') {
    return { ...common, isTradeOff: false, replay: (left) => commitMoves(hours, MARKET, left) };
  }
  const share = lever === 'reclaim' ? 50n : BigInt(percent!);
  return {
    ...common,
    isTradeOff: lever === 'spot',
    replay: ({ picos, ticks }) =>
      picos.map((left, index) => ({
        index,
        picos: (left * share) / 100n,
        ...(lever === 'spot' && { ticks: ticks[index]!, lifecycle: 'spot' }),
      })),
  };
}

test.each(rowsOf('plan'))('a plan of %s', (words, ...expected) => {
  const levers = words!.split(', ').map(leverOf);
  const plan = bestPlan(WHOLE, levers, () => true);
  const text = (picos: Picos) => displayAmount(picos);
  const inPlan = (lever: PlanLever) => plan.steps.find((step) => step.lever === lever)?.saved ?? 0n;
  const left = composePlan(
    WHOLE,
    plan.steps.map(({ lever }) => lever),
  ).residual.picos.reduce((sum, picos) => sum + picos, 0n);
  expect([
    levers.map((lever) => text(savedAlone(WHOLE, lever).saved)).join(', '),
    levers.map((lever) => text(inPlan(lever))).join(', '),
    text(left),
  ]).toEqual(expected);
});

test.each(rowsOf('spot-history'))(
  'a checkpoint of %s, preempted every %s',
  (checkpoint, every, ...expected) => {
    const times = {
      checkpoint: Number.parseFloat(checkpoint!),
      meanTimeBetweenFailures: Number.parseFloat(every!) * 3_600,
      restart: 600,
    };
    const interval = Math.round(dalyInterval(times));
    const wasted = wastedFraction(times, interval);
    expect([
      `${Math.round(interval / 60)} min`,
      `${(100 * wasted).toFixed(1)} %`,
      (1 - 0.3 / (1 - wasted)).toFixed(3),
    ]).toEqual(expected);
  },
);

test.each(rowsOf('model-evidence'))(
  'a share of %s at %s, quality %s to %s',
  (share, factor, before, after, tolerance, ...expected) => {
    const score = (text: string | undefined) => (text === '' ? null : Number(text));
    const evidence: ModelEvidence = {
      lever: 'quantise',
      endpoint: 'chat',
      share: Number(share),
      costFactor: Number(factor),
      qualityBefore: score(before),
      qualityAfter: score(after),
      tolerance: Number(tolerance),
      keepsAnswers: false,
      source: '',
    };
    const counts = qualityState(evidence) === 'within-tolerance' ? 'yes' : 'no';
    expect([`${(100 * savedShare(evidence)).toFixed(1)} %`, counts]).toEqual(expected);
  },
);

test.each(rowsOf('shift'))('%s, then %s', (before, after, ...expected) => {
  const valuesOf = (text: string) => text.split(' ').map(Number);
  const [earlier, later] = [valuesOf(before!), valuesOf(after!)];
  const blocks = [...earlier, ...later].map((value, index) => ({
    position: index - earlier.length,
    value,
    load: 1,
    weight: 1,
  }));
  const comparison = compareBlocks(blocks, {
    confidence: 0.95,
    hasWeeks: false,
    elasticity: { least: 0, most: 0 },
  })!;
  const percent = (fraction: number) =>
    `${(100 * fraction).toFixed(1)} %`.replace('-0.0', '0.0').replace('-', '−');
  const { low, expected: change, high } = comparison.change;
  expect([comparison.expected.toFixed(1), percent(change), percent(low), percent(high)]).toEqual(expected);
});

test.each(rowsOf('promise'))('%s promised, %s to %s realised: %s', (promised, low, high, state) => {
  const realised = { low: Number(low), expected: (Number(low) + Number(high)) / 2, high: Number(high) };
  expect(judgePromise(Number(promised), realised)).toBe(state);
});

it('nothing to compare is too early', () => {
  expect(judgePromise(1, null)).toBe('too_early');
});

const NOTHING = { unobserved: 0n, unallocated: 0n, idle: 0n, underused: 0n, lost: 0n, productive: 0n };
const numbersOf = (text: string) => text.split(' ').map(Number);

test.each(rowsOf('held-use'))('%s GPUs held at %s, demand %s', (gpus, price, demand, ...expected) => {
  const window = { fromMs: 0, toMs: 4 * HOUR_MS };
  const eligible = numbersOf(demand!).map((count, hour) => ({
    hourMs: hour * HOUR_MS,
    provider: 'aws',
    region: null,
    pool: 'none',
    gpuModel: 'L40S',
    lifecycle: 'on_demand' as const,
    ticks: BigInt(count) * TICKS_PER_GPU_HOUR,
    picos: BigInt(count) * PICOS_PER_UNIT,
  }));
  const perGpuHourPicos = parsePicos(price!)!.picos;
  const held: DeclaredCommitment = {
    id: 'held',
    name: null,
    provider: 'aws',
    region: null,
    pool: null,
    gpuModel: 'L40S',
    terms: { kind: 'resource', gpus: Number(gpus), perGpuHourPicos },
    fromMs: 0,
    toMs: null,
  };
  const { uses, covered } = useDeclared([held], eligible, window);
  const [bought, used] = uses[0]!.slots.reduce(
    ([all, of], { boughtPicos, usedPicos }) => [all + boughtPicos, of + usedPicos],
    [0n, 0n],
  );
  const ticks = [...covered.values()].reduce((sum, one) => sum + one, 0n);
  const whole = eligible.reduce((sum, one) => sum + one.ticks, 0n);
  const percent = (part: bigint, of: bigint) => `${((100 * Number(part)) / Number(of)).toFixed(1)} %`;
  expect([
    displayAmount(bought),
    displayAmount(used),
    displayAmount(bought - used),
    percent(used, bought),
    percent(ticks, whole),
  ]).toEqual(expected);
});

test.each(rowsOf('ladder'))(
  '%s on demand and %s committed, of which %s are held',
  (onDemand, committed, held, price, inPlan, ...expected) => {
    const series = (text: string) => Float64Array.from(numbersOf(text));
    const gpus = new Float64Array(4).fill(Number(held));
    const [step] = climbLadder({
      committed: series(committed!),
      committedLeft: series(committed!),
      onDemandLeft: series(onDemand!),
      held: [{ name: 'held', fromMs: 0, toMs: 2, was: gpus, gpus }],
      rate: Number(price),
      bought: Number(inPlan),
      nowMs: 1,
      untilMs: 3,
      growthAt: () => 1,
      mostCommitted: () => Number.POSITIVE_INFINITY,
    });
    expect([
      step!.freedGpus.toFixed(1),
      String(step!.units),
      (step!.withoutUnits / 4).toFixed(2),
      (step!.withUnits / 4).toFixed(2),
    ]).toEqual(expected);
  },
);

test.each(rowsOf('growth'))('%s a month over %s days, %s of it fixed', (growth, days, fixed, ...expected) => {
  const factor = growthFactor(Number.parseFloat(growth!) / 100, Number(days) * 24);
  const [grown] = growHours(
    [
      {
        lifecycle: 'on_demand',
        ticks: NOTHING,
        cost: { ...NOTHING, idle: parsePicos('1000')!.picos - parsePicos(fixed!)!.picos },
        unpricedTicks: 0n,
      } as HolderHour,
    ],
    factor,
  );
  const ahead = grown!.cost.idle + parsePicos(fixed!)!.picos;
  expect([factor.toFixed(4), displayAmount(ahead).replace(',', '')]).toEqual(expected);
});
