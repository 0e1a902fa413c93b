import type { ServingMixSimulation } from '../../app/results/simulations/serving-mix-simulation.ts';
import { type Column, cell, type TableModel } from '../table-model.ts';

/** The mix, beside what a fleet of each single kind would cost. */
export function servingMixTable(result: ServingMixSimulation): TableModel {
  const { allocation, costPerHour, infeasible, singleKind, status, savingPercent } = result;
  const isSolved = status !== 'impossible';
  return {
    title: null,
    headline: isSolved ? null : 'No mix serves all requests with the GPUs that there are.',
    columns: COLUMNS,
    rows: singleKind.map(({ gpu, gpus, costPerHour: alone }) => ({
      gpu: cell(gpu),
      inMix: cell(isSolved ? allocation[gpu]! : null),
      alone: cell(gpus),
      aloneCostPerHour: cell(alone),
    })),
    rest: null,
    total: null,
    footnotes: [
      isSolved
        ? `The mix costs ${costPerHour} an hour${savingPercent === null ? '' : `, ${savingPercent.toFixed(1)} % less than the cheapest fleet of one kind`}${status === 'optimal' ? ', and no other costs less' : '; time was over before that was proven to be the least'}.`
        : '',
      ...infeasible.map(
        ({ inputTokens, outputTokens, reason }) =>
          `Not served: ${inputTokens} input, ${outputTokens} output tokens: ${reason}.`,
      ),
    ],
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'gpu', title: 'GPU', kind: 'text' },
  { name: 'inMix', title: 'in the mix', kind: 'count' },
  { name: 'alone', title: 'alone', kind: 'count' },
  { name: 'aloneCostPerHour', title: 'alone, an hour', kind: 'money' },
];
