import type {
  BatchingSearch,
  BatchingSimulation,
  ContinuousBatchingSimulation,
  DelayFigures,
} from '../../app/results/simulations/batching-simulation.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
import { cell, type Row, type TableModel } from '../table-model.ts';
import { column, figure, printed, table } from './simulation-table.ts';

export function batchingTables(result: BatchingSimulation): readonly [TableModel, ...TableModel[]] {
  const figures = table({
    headline: `${result.requests.toLocaleString('en-US')} requests, batch of b takes ${printed(result.alphaMs, 4)} × b + ${printed(result.tauMs, 4)} ms`,
    columns: [
      ...['meanWaitMs', 'p50Ms', 'p95Ms', 'p99Ms'].map((name) =>
        column(name, name.replace('Ms', ' ms').replace('meanWait', 'mean'), 'count'),
      ),
      column('meanBatch', 'mean batch', 'count'),
      column('throughputPerSecond', 'requests/s', 'count'),
      column('busyFraction', 'busy', 'percent'),
      column('loadFraction', 'load', 'percent'),
      column('costPer1kRequests', 'estimated cost per 1k', 'text'),
    ],
    rows: [
      {
        meanWaitMs: figure(result.meanWaitMs, 3),
        p50Ms: figure(result.p50Ms, 3),
        p95Ms: figure(result.p95Ms, 3),
        p99Ms: figure(result.p99Ms, 3),
        meanBatch: figure(result.meanBatch, 2),
        throughputPerSecond: figure(result.throughputPerSecond, 1),
        busyFraction: cell(result.busyFraction),
        loadFraction: cell(result.loadFraction),
        costPer1kRequests: cell(result.costPer1kRequests),
      },
    ],
    total: null,
    footnotes: [
      'Busy is what a utilisation counter shows. It cannot size a server that batches: load, the share of what it could do, can.',
    ],
  });
  return result.search ? [figures, searchTable(result.search)] : [figures];
}

export function continuousTable(result: ContinuousBatchingSimulation): TableModel {
  const { timeToFirstTokenMs: first, timePerOutputTokenMs: token } = result;
  const row = (name: string, p50: number | null, p95: number, p99: number): Row => ({
    name: cell(name),
    p50: figure(p50, 1),
    p95: figure(p95, 1),
    p99: figure(p99, 1),
  });
  const cost = (amount: string | null, per: string) =>
    amount === null ? '' : `Estimated ${amount} for ${per}.`;
  return table({
    headline: `${result.requests.toLocaleString('en-US')} requests, ${printed(result.outputTokensPerSecond, 1)} output tokens a second, ${printed(result.meanBatch, 2)} sequences at once`,
    columns: [
      column('name', 'milliseconds', 'text'),
      column('p50', 'p50', 'count'),
      column('p95', 'p95', 'count'),
      column('p99', 'p99', 'count'),
    ],
    rows: [
      row('to the first token', first.p50, first.p95, first.p99),
      row('per output token', token.p50, token.p95, token.p99),
      row('to the last token', null, result.p95Ms, result.p99Ms),
    ],
    total: null,
    footnotes: [
      `Busy ${displayPercent(result.busyFraction)} of the time.`,
      cost(result.costPer1kRequests, '1,000 requests'),
      cost(result.costPer1mOutputTokens, '1M output tokens'),
    ],
  });
}

function searchTable({ percentile, sloMs, candidates, best }: BatchingSearch): TableModel {
  const isBest = (one: DelayFigures) => one.maxQueueDelayMs === best?.maxQueueDelayMs;
  return table({
    headline:
      best === null
        ? `no delay keeps ${percentile} % of requests within ${printed(sloMs, 1)} ms`
        : `cheapest with ${percentile} % of requests within ${printed(sloMs, 1)} ms: wait ${printed(best.maxQueueDelayMs, 2)} ms for others`,
    columns: [
      column('maxQueueDelayMs', 'delay ms', 'count'),
      column('replicas', 'replicas', 'count'),
      column('p95Ms', 'p95 ms', 'count'),
      column('p99Ms', 'p99 ms', 'count'),
      column('meanBatch', 'mean batch', 'count'),
      column('busyFraction', 'busy', 'percent'),
      column('gpuHours', 'GPU-hours', 'count'),
      column('busyGpuHours', 'of work', 'count'),
      column('costPer1kRequests', 'estimated cost per 1k', 'text'),
      column('choice', '', 'text'),
    ],
    rows: candidates.map((one) => ({
      maxQueueDelayMs: figure(one.maxQueueDelayMs, 2),
      replicas: cell(one.replicas),
      p95Ms: figure(one.p95Ms, 2),
      p99Ms: figure(one.p99Ms, 2),
      meanBatch: figure(one.meanBatch, 2),
      busyFraction: cell(one.busyFraction),
      gpuHours: figure(one.gpuHours, 4),
      busyGpuHours: figure(one.busyGpuHours, 4),
      costPer1kRequests: cell(one.costPer1kRequests),
      choice: cell(isBest(one) ? 'cheapest' : one.replicas === null ? 'misses the target' : ''),
    })),
    total: null,
    footnotes: [],
  });
}
