import { type DecayPoint, fitLinearDecay, meanLoss, type QualityDecay } from './quality-decay.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * How often to retrain. With an interval of T days a day costs `C ÷ T` for training and `v × mean loss over T` for quality that is not
 * there. Money is in units of the currency and floating: these are estimates, rounded to cents where they are printed.
 */
export type CadenceInputs = Readonly<{
  /** C: what one retraining costs. */
  costPerRun: number;
  /** v: what a point of quality is worth on a day. */
  valuePerPointDay: number;
  decay: QualityDecay;
}>;

export type CadenceCost = Readonly<{
  days: number;
  trainingPerDay: number;
  lossPerDay: number;
  totalPerDay: number;
}>;

export function cadenceCost(
  { costPerRun, valuePerPointDay, decay }: CadenceInputs,
  days: number,
): CadenceCost {
  const trainingPerDay = costPerRun / days;
  const lossPerDay = valuePerPointDay * meanLoss(decay, days);
  return { days, trainingPerDay, lossPerDay, totalPerDay: trainingPerDay + lossPerDay };
}

/** Between an hour and ten years: beyond, "never" is as good an answer. */
export const SHORTEST_DAYS = 1 / 24;
export const LONGEST_DAYS = 3_650;

/**
 * The interval of the least daily cost. For linear decay of r points a day it is `√(2C ÷ (v × r))`, where the derivative
 * `−C ÷ T² + v × r ÷ 2` is zero; otherwise it is searched for. `null` when training never pays within ten years.
 */
export function bestInterval(inputs: CadenceInputs): number | null {
  const best = inputs.decay.kind === 'linear' ? squareRootRule(inputs, inputs.decay.perDay) : search(inputs);
  return best > LONGEST_DAYS ? null : Math.max(SHORTEST_DAYS, best);
}

function squareRootRule({ costPerRun, valuePerPointDay }: CadenceInputs, perDay: number): number {
  const worth = valuePerPointDay * perDay;
  return worth > 0 ? Math.sqrt((2 * costPerRun) / worth) : Number.POSITIVE_INFINITY;
}

const STEPS = 400;

/** The cost may have several valleys: all of time on a fine logarithmic grid, then the finest of its valleys. */
function search(inputs: CadenceInputs): number {
  const ratio = (LONGEST_DAYS / SHORTEST_DAYS) ** (1 / STEPS);
  const cost = (days: number) => cadenceCost(inputs, days).totalPerDay;
  let best = SHORTEST_DAYS;
  for (let step = 0; step <= STEPS; step++) {
    const days = SHORTEST_DAYS * ratio ** step;
    if (cost(days) < cost(best)) best = days;
  }
  // Still falling at the far end: the longer the better.
  if (best * ratio > LONGEST_DAYS) return Number.POSITIVE_INFINITY;
  return narrow(cost, best / ratio, Math.min(LONGEST_DAYS, best * ratio));
}

/** Ternary search within one valley. */
function narrow(cost: (days: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 40; step++) {
    const third = (high - low) / 3;
    if (cost(low + third) < cost(high - third)) high -= third;
    else low += third;
  }
  return (low + high) / 2;
}

/** What was measured, and can be drawn again to see how far the answer depends on it. What is stated stays as it is. */
export type CadenceSamples = Readonly<{
  /** Each run's cost, and whether it ended with a model. */
  runs: readonly Readonly<{ cost: number; isUsable: boolean }>[] | null;
  decay: readonly DecayPoint[] | null;
}>;

export type CadenceRange = Readonly<{ low: number; high: number }>;

/** The cost of a model: what all runs cost, the failed ones too, for each one that ended with a model. `null` without one. */
export function costPerModel(runs: readonly Readonly<{ cost: number; isUsable: boolean }>[]): number | null {
  const usable = runs.filter(({ isUsable }) => isUsable).length;
  return usable === 0 ? null : runs.reduce((sum, { cost }) => sum + cost, 0) / usable;
}

const DRAWS = 1_000;
const TAIL = 0.05;

/**
 * The range in which 90 % of the answers lie when the measured inputs are drawn again with replacement (bootstrap). `null` when
 * fewer than two measurements are there to be drawn, or nothing was measured. An interval of infinite days is one of ten years here.
 */
export function resampleCadence(
  inputs: CadenceInputs,
  samples: CadenceSamples,
  ask: (inputs: CadenceInputs) => number,
  seed: number,
): CadenceRange | null {
  const runs = samples.runs !== null && samples.runs.length > 1 ? samples.runs : null;
  const points = samples.decay !== null && samples.decay.length > 1 ? samples.decay : null;
  if (runs === null && points === null) return null;
  const random = seededRandom(seed);
  const draw = <T>(items: readonly T[]) => items.map(() => items[Math.floor(random() * items.length)]!);
  const answers: number[] = [];
  for (let round = 0; round < DRAWS; round++) {
    const costPerRun = runs === null ? inputs.costPerRun : costPerModel(draw(runs));
    const perDay = points === null ? null : fitLinearDecay(draw(points));
    if (costPerRun === null) continue;
    const decay: QualityDecay =
      perDay === null ? inputs.decay : { kind: 'linear', perDay: Math.max(0, perDay) };
    answers.push(ask({ ...inputs, costPerRun, decay }));
  }
  answers.sort((a, b) => a - b);
  const at = (share: number) => answers[Math.round(share * (answers.length - 1))]!;
  return answers.length === 0 ? null : { low: at(TAIL), high: at(1 - TAIL) };
}
