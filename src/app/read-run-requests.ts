import type { TimeWindow } from '../domain/time/window.ts';
import { TareError } from './errors.ts';
import { readDecayPoints, readRunDimensions, readRunFilters, readRunSort } from './read-request.ts';
import type { CadenceDecay, CadenceRequest, RunsRequest } from './tare.ts';

/** What flags and queries say about runs, before it is read. */
export type RunsWords = Readonly<{
  by?: string | undefined;
  filter: readonly string[];
  text?: string | undefined;
  sort?: string | undefined;
  limit: number | null;
  offset: number;
  metric?: string | undefined;
  direction?: 'max' | 'min' | undefined;
  baseline?: number | undefined;
}>;

export function readRunsRequest(words: RunsWords, window: TimeWindow): RunsRequest {
  const { metric, direction = 'max', baseline = null } = words;
  const sorted = readRunSort(words.sort ?? 'cost');
  if (metric === undefined && (sorted.sort === 'quality' || sorted.sort === 'costPerPoint')) {
    throw new TareError(
      'usage',
      `sorting by ${sorted.sort} needs a metric`,
      'name one, such as --metric accuracy',
    );
  }
  return {
    window,
    by: readRunDimensions(words.by ?? ''),
    filters: readRunFilters(words.filter),
    text: words.text || null,
    ...sorted,
    limit: words.limit,
    offset: words.offset,
    metric: metric === undefined ? null : { name: metric, direction, baseline },
  };
}

export type CadenceWords = Readonly<{
  model: string;
  filter: readonly string[];
  value: string;
  cost?: string | undefined;
  decay?: number | undefined;
  decayLimit?: number | undefined;
  decayPoints?: string | undefined;
  metric?: string | undefined;
  metricBefore?: string | undefined;
  score?: string | undefined;
  direction?: 'max' | 'min' | undefined;
  seed?: number | undefined;
}>;

export function readCadenceRequest(words: CadenceWords, window: TimeWindow | null): CadenceRequest {
  return {
    model: words.model,
    window,
    filters: readRunFilters(words.filter),
    valuePerPointDay: words.value,
    costPerRun: words.cost ?? null,
    decay: readDecay(words),
    seed: words.seed ?? 42,
  };
}

const HOW =
  'one of --decay PER_DAY, --decay-points 1=0.2,7=1.1, --score NAME, or --metric NAME with --metric-before NAME';

function readDecay(words: CadenceWords): CadenceDecay {
  const { decay, decayLimit, decayPoints, metric, metricBefore, score, direction = 'max' } = words;
  const stated = [decay, decayPoints, score, metric ?? metricBefore].filter((value) => value !== undefined);
  if (stated.length !== 1) {
    const what =
      stated.length === 0 ? 'nothing says how fast quality goes' : 'quality goes in more than one way';
    throw new TareError('usage', what, HOW);
  }
  if (decayPoints !== undefined) return { kind: 'points', points: readDecayPoints(decayPoints) };
  if (score !== undefined) return { kind: 'scores', score, direction };
  if (decay !== undefined) {
    if (decay >= 0 && (decayLimit === undefined || (decayLimit > 0 && decay > 0)))
      return { kind: 'stated', perDay: decay, limit: decayLimit ?? null };
    throw new TareError(
      'usage',
      'the decay is no loss of points',
      'write a number of points, 0 or more; a limit above 0',
    );
  }
  if (metric !== undefined && metricBefore !== undefined) {
    return { kind: 'runs', metric, before: metricBefore, direction };
  }
  throw new TareError('usage', 'one metric does not say what a model lost', HOW);
}
