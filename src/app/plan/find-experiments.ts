import { groupBy } from '../../domain/collections/group-by.ts';
import { grossPicos, type HolderHour } from '../../domain/levers/holder-hour.ts';
import type { ModelEvidence } from '../../domain/levers/model-levers.ts';
import { formatPicos, type Picos, picosToNumber } from '../../domain/money/picos.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { ScoreAggregate } from '../../ports/serving.ts';
import type { Store } from '../../ports/store.ts';
import { resolveServed, type Served } from '../inference/served.ts';
import type { Experiment } from '../results/plan.ts';

export type ExperimentParts = Readonly<{
  period: TimeWindow;
  hours: readonly HolderHour[];
  /** What is stated already is not asked for again. */
  evidence: readonly ModelEvidence[];
  toMonth: (picos: Picos) => Picos;
}>;

/** An endpoint that costs less than this in a month is not worth an experiment. */
const LEAST_COST = 100;
/** A cheaper model is worth a trial when it costs no more than this share of the dearer one. */
const MUCH_CHEAPER = 0.7;
/** Prompts of which a cache held less than this have room for one. */
const WELL_CACHED = 0.2;

/**
 * What calls suggest to try: a cheaper model that answers at the same endpoint already, and caches where little is cached. Scores of
 * requests that a model was given say little of those that it was not given, so that none of it is counted.
 */
export async function findExperiments(store: Store, parts: ExperimentParts): Promise<Experiment[]> {
  const by = ['endpoint', 'model', 'serving'] as const;
  const { period: window, evidence } = parts;
  const [calls, scores] = await Promise.all([
    store.calls({ window, by }),
    store.scores({ window, by: ['endpoint', 'model'], bars: [] }),
  ]);
  const { served } = resolveServed(calls, [], by);
  const isStated = (lever: string, endpoint: string) =>
    evidence.some((one) => one.lever === lever && one.endpoint === endpoint);
  return [...groupBy(served, ({ key }) => key['endpoint']!)].flatMap(([endpoint, models]) => {
    const monthly = picosToNumber(parts.toMonth(costOf(parts.hours, endpoint)));
    if (monthly < LEAST_COST) return [];
    return [
      ...(isStated('route', endpoint) ? [] : routeTrial(endpoint, models, scores, parts)),
      ...(isStated('cache', endpoint) ? [] : cacheTrial(endpoint, models)),
    ];
  });
}

function costOf(hours: readonly HolderHour[], endpoint: string): Picos {
  return hours.reduce((sum, hour) => (hour.workload === endpoint ? sum + grossPicos(hour) : sum), 0n);
}

type Priced = Readonly<{ model: string; requests: number; picos: Picos; perRequest: number }>;

/** Of models with priced calls, the dearest by what it cost in all, against the cheapest by the request. */
function routeTrial(
  endpoint: string,
  models: readonly Served[],
  scores: readonly ScoreAggregate[],
  { toMonth }: ExperimentParts,
): Experiment[] {
  const priced = models.flatMap(({ key, pricedPicos, pricedRequests }): Priced[] =>
    pricedPicos === null || pricedRequests === 0
      ? []
      : [
          {
            model: key['model']!,
            requests: pricedRequests,
            picos: pricedPicos,
            perRequest: picosToNumber(pricedPicos) / pricedRequests,
          },
        ],
  );
  const [dearest] = priced.toSorted((a, b) => (a.picos > b.picos ? -1 : 1));
  const [cheapest] = priced.toSorted((a, b) => a.perRequest - b.perRequest);
  if (!dearest || !cheapest || cheapest.perRequest > dearest.perRequest * MUCH_CHEAPER) return [];
  const factor = cheapest.perRequest / dearest.perRequest;
  const saved = (dearest.picos * BigInt(Math.round((1 - factor) * 1_000))) / 1_000n;
  return [
    {
      lever: 'route',
      target: endpoint,
      mightSave: formatPicos(toMonth(saved)),
      toMeasure: `a request costs ${factor.toFixed(2)} of ${dearest.model} on ${cheapest.model}${scoreText(endpoint, dearest, cheapest, scores)}: score the same requests on both, and state the share that the cheaper one answers as well`,
    },
  ];
}

function scoreText(
  endpoint: string,
  dearest: Priced,
  cheapest: Priced,
  scores: readonly ScoreAggregate[],
): string {
  const of = (model: string) =>
    scores.filter(({ key }) => key['endpoint'] === endpoint && key['model'] === model);
  const [shared] = of(dearest.model).flatMap((one) =>
    of(cheapest.model)
      .filter(({ name }) => name === one.name)
      .map((other) => ({ name: one.name, from: one.mean, to: other.mean })),
  );
  return shared === undefined
    ? ''
    : `, with a ${shared.name} of ${shared.to.toFixed(2)} against ${shared.from.toFixed(2)}, each on the requests that it was given`;
}

function cacheTrial(endpoint: string, models: readonly Served[]): Experiment[] {
  const input = sumOf(models, ({ tokens }) => tokens.input);
  const cached = sumOf(models, ({ tokens }) => tokens.cachedInput);
  if (input === 0 || cached / input >= WELL_CACHED) return [];
  return [
    {
      lever: 'cache',
      target: endpoint,
      mightSave: null,
      toMeasure: `${Math.round((100 * cached) / input)} % of its input comes from a cache: measure what repeats with tare simulate prompt-cache`,
    },
  ];
}

function sumOf(models: readonly Served[], of: (one: Served) => number | null): number {
  return models.reduce((sum, one) => sum + (of(one) ?? 0), 0);
}
