import type {
  RightsizeSimulation,
  ServingConfigurationsSimulation,
} from '../../app/results/simulations/rightsize-simulation.ts';
import { type Column, cell, type TableModel } from '../table-model.ts';

export function rightsizeTable(result: RightsizeSimulation): TableModel {
  const { jobs, skipped, current, currentCost, bestCost, picks, allOn, savingPercent } = result;
  return {
    title: null,
    headline: `${jobs} jobs: ${currentCost} on ${current}, ${bestCost} on the cheapest kind for each${savingPercent === null ? '' : `, ${savingPercent.toFixed(1)} % less`}`,
    columns: JOB_COLUMNS,
    rows: Object.entries(picks).map(([gpu, jobsOn]) => ({
      gpu: cell(gpu),
      jobs: cell(jobsOn),
      allOnCost: cell(allOn[gpu]!, '~'),
    })),
    rest: null,
    total: null,
    footnotes: [
      skipped.length === 0
        ? ''
        : `${skipped.length} jobs were skipped, such as ${skipped[0]!.job}: ${skipped[0]!.reason}.`,
      result.estimatedPicks === 0
        ? ''
        : `${result.estimatedPicks} picks rest on data sheets, not on a measurement.`,
      result.late === 0 ? '' : `${result.late} jobs are too slow on every kind, and stay on ${current}.`,
    ],
  };
}

const JOB_COLUMNS: readonly Column[] = [
  { name: 'gpu', title: 'GPU', kind: 'text' },
  { name: 'jobs', title: 'cheapest for jobs', kind: 'count' },
  { name: 'allOnCost', title: 'all jobs on it', kind: 'money' },
];

export function servingConfigurationsTable(result: ServingConfigurationsSimulation): TableModel {
  const { maxInterTokenLatencyMs, latency, rows, skipped } = result;
  return {
    title: null,
    headline: null,
    columns: SERVING_COLUMNS,
    rows: rows.flatMap(({ model, byGpu, cheapest }) =>
      Object.entries(byGpu).map(([gpu, figures]) => ({
        model: cell(model),
        gpu: cell(gpu),
        gpus: cell(figures?.gpus ?? null),
        batch: cell(figures?.batch ?? null),
        precision: cell(figures?.precision ?? null),
        interTokenLatencyMs: {
          value: figures?.interTokenLatencyMs ?? null,
          printed: figures?.interTokenLatencyMs?.toFixed(1) ?? '–',
        },
        costPer1mOutputTokens: {
          value: figures?.costPer1mOutputTokens ?? null,
          printed: figures?.costPer1mOutputTokens ?? '–',
        },
        isCheapest: cell(cheapest.gpu === gpu ? 'cheapest' : ''),
      })),
    ),
    rest: null,
    total: null,
    footnotes: [
      maxInterTokenLatencyMs === null
        ? ''
        : `With at most ${maxInterTokenLatencyMs} ms between tokens (${latency}).`,
      ...skipped.map(({ model, reason }) => `${model}: ${reason}.`),
    ],
  };
}

const SERVING_COLUMNS: readonly Column[] = [
  { name: 'model', title: 'model', kind: 'text' },
  { name: 'gpu', title: 'GPU', kind: 'text' },
  { name: 'gpus', title: 'GPUs', kind: 'count' },
  { name: 'batch', title: 'batch', kind: 'count' },
  { name: 'precision', title: 'precision', kind: 'text', importance: 1 },
  { name: 'interTokenLatencyMs', title: 'ms per token', kind: 'text', importance: 2 },
  { name: 'costPer1mOutputTokens', title: 'per 1M tokens', kind: 'text' },
  { name: 'isCheapest', title: '', kind: 'text' },
];
