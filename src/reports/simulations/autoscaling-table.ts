import type { AutoscalingSimulation } from '../../app/results/simulations/autoscaling-simulation.ts';
import { cell, type TableModel } from '../table-model.ts';
import { column, figure, printed, table } from './simulation-table.ts';

export function autoscalingTable(result: AutoscalingSimulation): TableModel {
  return table({
    headline: `${result.autoscaler}: ${printed(result.replicaHours, 1)} replica-hours instead of ${printed(result.alwaysOnHours, 1)} with the peak of ${result.peakReplicas} always on`,
    columns: [
      column('savedFraction', 'saved', 'percent'),
      column('meanReplicas', 'mean replicas', 'count'),
      column('peakReplicas', 'peak', 'count'),
      column('starts', 'starts', 'count'),
      column('coldStarts', 'from zero', 'count'),
      column('meanQueueSeconds', 'mean wait s', 'count'),
      column('p95QueueSeconds', 'p95 wait s', 'count'),
      column('p99QueueSeconds', 'p99 wait s', 'count'),
      column('estimatedCost', 'estimated cost', 'money'),
    ],
    rows: [
      {
        savedFraction: cell(result.savedFraction),
        meanReplicas: figure(result.meanReplicas, 2),
        peakReplicas: cell(result.peakReplicas),
        starts: cell(result.starts),
        coldStarts: cell(result.coldStarts),
        meanQueueSeconds: figure(result.meanQueueSeconds, 2),
        p95QueueSeconds: figure(result.p95QueueSeconds, 2),
        p99QueueSeconds: figure(result.p99QueueSeconds, 2),
        estimatedCost: cell(result.estimatedCost),
      },
    ],
    total: null,
    footnotes: ['Waits are from arrival to the beginning of service.'],
  });
}
