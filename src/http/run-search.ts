import type { CadenceDecay, CadenceRequest, RunsRequest } from '../app/tare.ts';
import { type Query, windowQuery } from './query.ts';

/** Requests about runs as queries of the API; `read-run-requests` reads them back. */

export function runsQuery(request: RunsRequest): Query {
  const { window, by, text = null, sort, isDescending, limit, offset, metric } = request;
  return {
    ...windowQuery(window),
    by: by.join(','),
    filter: filterTexts(request),
    text,
    sort: `${isDescending ? '-' : '+'}${sort}`,
    limit: limit ?? 'all',
    offset,
    ...(metric && { metric: metric.name, direction: metric.direction, baseline: metric.baseline }),
  };
}

export function cadenceQuery(request: CadenceRequest): Query {
  return {
    ...(request.window && windowQuery(request.window)),
    filter: filterTexts(request),
    model: request.model,
    value: request.valuePerPointDay,
    cost: request.costPerRun,
    seed: request.seed,
    ...decayQuery(request.decay),
  };
}

function filterTexts({ filters }: Pick<RunsRequest, 'filters'>): string[] {
  return filters.flatMap(({ dimension, values }) => values.map((value) => `${dimension}=${value}`));
}

function decayQuery(decay: CadenceDecay): Query {
  switch (decay.kind) {
    case 'stated':
      return { decay: decay.perDay, decayLimit: decay.limit };
    case 'points':
      return { decayPoints: decay.points.map(({ days, loss }) => `${days}=${loss}`).join(',') };
    case 'runs':
      return { metric: decay.metric, metricBefore: decay.before, direction: decay.direction };
    case 'scores':
      return { score: decay.score, direction: decay.direction };
    default:
      return decay satisfies never;
  }
}
