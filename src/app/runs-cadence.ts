import { decayFromScores } from '../domain/economics/decay-from-scores.ts';
import {
  type DecayPoint,
  fitLinearDecay,
  initialDecay,
  type QualityDecay,
} from '../domain/economics/quality-decay.ts';
import {
  bestInterval,
  type CadenceInputs,
  type CadenceSamples,
  cadenceCost,
  costPerModel,
  LONGEST_DAYS,
  resampleCadence,
} from '../domain/economics/retraining-cadence.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { parsePicos, picosToNumber } from '../domain/money/picos.ts';
import { DAY_MS } from '../domain/time/window.ts';
import type { RunRecord } from '../ports/run-queries.ts';
import { TareError } from './errors.ts';
import { isCostUnknown, totalOfRun } from './figures/run-figures.ts';
import { EVERY_RUN, type RunParts } from './report-runs.ts';
import type { CadenceReport } from './results/runs.ts';
import type { CadenceDecay, CadenceRequest } from './tare.ts';

/** The mean month: a twelfth of 365.25 days. */
export const DAYS_PER_MONTH = 365.25 / 12;

/** How often to retrain a model: what its runs cost, how fast it gets worse, and what a point of quality is worth. */
export async function runsCadence(
  { store, settings }: RunParts,
  request: CadenceRequest,
): Promise<CadenceReport> {
  const runs = await store.runs({
    ...EVERY_RUN,
    window: request.window,
    filters: [{ dimension: 'model', values: [request.model] }, ...request.filters],
  });
  const costs = costsOf(runs);
  const points =
    request.decay.kind === 'scores'
      ? await scoredDecay(store, runs, request, request.decay)
      : measuredDecay(runs, request.decay);
  const measured = costPerModel(costs);
  const inputs: CadenceInputs = {
    costPerRun:
      request.costPerRun === null ? orRefuse(measured, request.model) : readMoney(request.costPerRun, 'cost'),
    valuePerPointDay: readMoney(request.valuePerPointDay, 'value'),
    decay: decayOf(request, points),
  };
  const samples: CadenceSamples = {
    runs: request.costPerRun === null ? costs : null,
    decay: points,
  };
  return answer(request, settings.currency, inputs, samples, costs);
}

type RunCost = Readonly<{ cost: number; isUsable: boolean }>;

/** Runs that are over and whose cost is known; the failed ones have to be paid, too. */
function costsOf(runs: readonly RunRecord[]): RunCost[] {
  return runs
    .filter(
      (run) => run.startMs !== null && !['running', 'waiting'].includes(run.state) && !isCostUnknown(run),
    )
    .map((run) => ({ cost: picosToNumber(totalOfRun(run)), isUsable: run.state === 'succeeded' }));
}

function orRefuse(cost: number | null, model: string): number {
  if (cost !== null) return cost;
  throw new TareError(
    'noSuchRun',
    `no run of model ${model} has succeeded at a known cost`,
    'tare report runs --by model shows what there is; or state what a retraining costs with --cost',
  );
}

function readMoney(text: string, flag: string): number {
  const parsed = parsePicos(text);
  if (parsed && parsed.picos > 0n) return picosToNumber(parsed.picos);
  throw new TareError(
    'usage',
    `--${flag} "${text}" is not a positive amount`,
    'write a decimal number, such as 120.50',
  );
}

/** What the model in use had lost when its successor was trained, against the days since it was trained itself. */
function measuredDecay(runs: readonly RunRecord[], decay: CadenceDecay): DecayPoint[] | null {
  if (decay.kind !== 'runs') return null;
  const trained = runs.filter(
    (run) => run.state === 'succeeded' && run.startMs !== null && run.endMs !== null,
  );
  return trained.flatMap((run, index) => {
    const before = trained[index - 1];
    const [had, has] = [before?.metrics[decay.metric], run.metrics[decay.before]];
    const days = before ? (run.startMs! - before.endMs!) / DAY_MS : 0;
    if (had === undefined || has === undefined || days <= 0) return [];
    return [{ days, loss: decay.direction === 'max' ? had - has : has - had }];
  });
}

/** Scores of any time: what the model did before the window of its runs says as much about it. */
const ALWAYS = { fromMs: 0, toMs: Date.UTC(9999, 0, 1) };

async function scoredDecay(
  store: RunParts['store'],
  runs: readonly RunRecord[],
  { model }: CadenceRequest,
  { score, direction }: Extract<CadenceDecay, { kind: 'scores' }>,
): Promise<DecayPoint[]> {
  const scores = await store.scores({ window: ALWAYS, by: ['model', 'day'], bars: [] });
  const ofModel = scores.filter(({ name, key }) => name === score && key['model'] === model);
  const trained = runs.flatMap(({ state, endMs }) =>
    state === 'succeeded' && endMs !== null ? [endMs] : [],
  );
  const days = ofModel.map(({ key, mean }) => ({ dayMs: Date.parse(key['day']!), mean }));
  return decayFromScores(trained, days, direction);
}

function decayOf({ decay, model }: CadenceRequest, measured: readonly DecayPoint[] | null): QualityDecay {
  switch (decay.kind) {
    case 'points':
      return { kind: 'points', points: decay.points };
    case 'stated':
      return decay.limit === null
        ? { kind: 'linear', perDay: decay.perDay }
        : { kind: 'exponential', perDay: decay.perDay, limit: decay.limit };
    case 'runs': {
      const perDay = fitLinearDecay(measured ?? []);
      if (perDay !== null) return { kind: 'linear', perDay: Math.max(0, perDay) };
      throw new TareError(
        'noSuchRun',
        `no two successive runs of ${model} have the metrics ${decay.metric} and ${decay.before}`,
        'name metrics that the runs carry, or state the loss of a day with --decay',
      );
    }
    case 'scores': {
      const perDay = fitLinearDecay(measured ?? []);
      if (perDay !== null) return { kind: 'linear', perDay: Math.max(0, perDay) };
      throw new TareError(
        'noSuchRun',
        `no two days between trainings of ${model} have the score ${decay.score}`,
        'import scores of the model over time (--kind scores), or state the loss of a day with --decay',
      );
    }
    default:
      return decay satisfies never;
  }
}

function answer(
  request: CadenceRequest,
  currency: string,
  inputs: CadenceInputs,
  samples: CadenceSamples,
  costs: readonly RunCost[],
): CadenceReport {
  const best = bestInterval(inputs);
  const bestDays = best ?? LONGEST_DAYS;
  const least = cadenceCost(inputs, bestDays).totalPerDay;
  const monthly = (perDay: number) => perDay * DAYS_PER_MONTH;
  const row = (cadence: 'daily' | 'weekly' | 'monthly' | 'best', days: number) => {
    const cost = cadenceCost(inputs, days);
    const range = resampleCadence(
      inputs,
      samples,
      (drawn) =>
        monthly(
          cadenceCost(drawn, cadence === 'best' ? (bestInterval(drawn) ?? LONGEST_DAYS) : days).totalPerDay,
        ),
      request.seed,
    );
    return {
      cadence,
      days: rounded(days),
      trainingPerMonth: cents(monthly(cost.trainingPerDay)),
      lossPerMonth: cents(monthly(cost.lossPerDay)),
      totalPerMonth: cents(monthly(cost.totalPerDay)),
      moreThanBest: cents(monthly(cost.totalPerDay - least)),
      range: range && { low: cents(range.low), high: cents(range.high) },
    };
  };
  const range = resampleCadence(
    inputs,
    samples,
    (drawn) => bestInterval(drawn) ?? LONGEST_DAYS,
    request.seed,
  );
  return {
    currency,
    model: request.model,
    sentence: sentenceOf(request.model, inputs, best, currency),
    inputs: inputFigures(request, inputs, samples, costs),
    rows: [
      row('daily', 1),
      row('weekly', 7),
      row('monthly', DAYS_PER_MONTH),
      ...(best === null ? [] : [row('best', best)]),
    ],
    bestDays: best === null ? null : rounded(best),
    bestDaysRange: range && { low: rounded(range.low), high: rounded(range.high) },
    notes: notesOf(request, samples),
  };
}

function inputFigures(
  { costPerRun, decay }: CadenceRequest,
  inputs: CadenceInputs,
  samples: CadenceSamples,
  costs: readonly RunCost[],
): CadenceReport['inputs'] {
  const isMeasured = costPerRun === null;
  return {
    costPerRun: cents(inputs.costPerRun),
    costBasis: isMeasured ? 'measured' : 'stated',
    runs: costs.length,
    modelsMade: costs.filter(({ isUsable }) => isUsable).length,
    costSpread: isMeasured ? spreadOf(costs.map(({ cost }) => cost)) : null,
    decayPerDay: rounded(initialDecay(inputs.decay)),
    decayKind: inputs.decay.kind,
    decayBasis: decay.kind === 'runs' || decay.kind === 'scores' ? 'measured' : 'stated',
    decayMeasurements: samples.decay?.length ?? 0,
    valuePerPointDay: cents(inputs.valuePerPointDay),
  };
}

function spreadOf(costs: readonly number[]): string | null {
  if (costs.length < 2) return null;
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  const squares = costs.reduce((sum, cost) => sum + (cost - mean) ** 2, 0);
  return cents(Math.sqrt(squares / (costs.length - 1)));
}

function sentenceOf(model: string, inputs: CadenceInputs, best: number | null, currency: string): string {
  const money = (perMonth: number) => displayMoney(parsePicos(cents(perMonth))!.picos, currency);
  const perMonth = (days: number) => cadenceCost(inputs, days).totalPerDay * DAYS_PER_MONTH;
  if (best === null) {
    return `${model}: what a retraining costs is never won back; nightly costs ${money(perMonth(1) - perMonth(LONGEST_DAYS))} a month more than not retraining at all (an estimate).`;
  }
  const extra = perMonth(1) - perMonth(best);
  const nightly =
    extra < 0.005
      ? 'nightly costs the same'
      : `nightly costs ${money(extra)} a month more than that, ${money(perMonth(1))} instead of ${money(perMonth(best))}`;
  return `${model}: retrain every ${intervalWords(best)}; ${nightly} (an estimate).`;
}

function intervalWords(days: number): string {
  if (days < 1) {
    const hours = Math.max(1, Math.round(days * 24));
    if (hours < 24) return hours === 1 ? 'hour' : `${hours} hours`;
  }
  // A rounded interval of one or two days would be another answer.
  if (days < 3 && Math.abs(days - Math.round(days)) > 0.05) return `${days.toFixed(1)} days`;
  const whole = Math.max(1, Math.round(days));
  return whole === 1 ? 'day' : `${whole} days`;
}

function notesOf({ costPerRun, decay }: CadenceRequest, samples: CadenceSamples): string[] {
  const notes: string[] = [];
  if (costPerRun === null)
    notes.push(
      'cost of a run: everything that the runs cost, the failed ones too, for each one that succeeded',
    );
  if (decay.kind === 'runs')
    notes.push(`decay: a line through ${samples.decay?.length ?? 0} measured losses between successive runs`);
  if (decay.kind === 'scores')
    notes.push(
      `decay: a line through ${samples.decay?.length ?? 0} daily losses of ${decay.score} since the first day after a training`,
    );
  const canDraw = (samples.runs?.length ?? 0) > 1 || (samples.decay?.length ?? 0) > 1;
  notes.push(
    canDraw
      ? 'ranges: 90 % of the answers when the measured inputs are drawn again with replacement; what was stated is taken as certain'
      : 'no ranges: nothing was measured more than once, and what was stated is taken as certain',
  );
  return notes;
}

function cents(amount: number): string {
  return (Math.round(amount * 100) / 100 + 0).toFixed(2);
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
