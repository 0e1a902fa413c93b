import type { ScaleToZeroSimulation } from '../../app/results/simulations/scale-to-zero-simulation.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
import { cell, type TableModel } from '../table-model.ts';
import { column, figure, printed, table } from './simulation-table.ts';

export function scaleToZeroTable(result: ScaleToZeroSimulation): TableModel {
  const { coldStart } = result;
  return table({
    headline: `${result.replicas} ${result.replicas === 1 ? 'replica' : 'replicas'}, ${printed(result.gpuHours, 1)} GPU-hours sampled, idle ${displayPercent(result.idleFraction)} of it`,
    columns: [
      column('keepAliveSeconds', 'kept alive', 'count'),
      column('gpuHoursSavedFraction', 'saved', 'percent'),
      column('gpuHoursSaved', 'GPU-hours saved', 'count'),
      column('coldStarts', 'cold starts', 'count'),
      column('coldStartsPerReplicaDay', 'per replica-day', 'count'),
      column('coldStartSeconds', 'seconds of starting', 'count'),
      column('netGpuHoursSaved', 'GPU-hours saved, net', 'count'),
      column('estimatedSaving', 'estimated saving', 'money'),
    ],
    rows: result.frontier.map((point) => ({
      keepAliveSeconds: { value: point.keepAliveSeconds, printed: duration(point.keepAliveSeconds) },
      gpuHoursSavedFraction: cell(point.gpuHoursSavedFraction),
      gpuHoursSaved: figure(point.gpuHoursSaved, 2),
      coldStarts: cell(point.coldStarts),
      coldStartsPerReplicaDay: figure(point.coldStartsPerReplicaDay, 2),
      coldStartSeconds: figure(point.coldStartSeconds, 0),
      netGpuHoursSaved: figure(point.netGpuHoursSaved, 2),
      estimatedSaving: cell(point.estimatedSaving),
    })),
    total: null,
    footnotes: [
      `A sample stands for ${result.intervalSeconds} s; ${result.gaps} gaps are not counted. An upper bound: a released GPU is taken to cost nothing at once.`,
      coldStart === null
        ? 'How long a start takes was not said: --cold-start-seconds or --cold-starts.'
        : `A start takes ${printed(coldStart.meanSeconds, 1)} s on average, ${printed(coldStart.p95Seconds, 1)} s at the 95th percentile.`,
    ],
  });
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
