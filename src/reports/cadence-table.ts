import type { CadenceReport } from '../app/results/runs.ts';
import { printAmount } from './print-amount.ts';
import { cell, type TableModel } from './table-model.ts';

/** What each interval between trainings costs in a month. */
export function cadenceTable({
  sentence,
  inputs,
  rows,
  bestDaysRange,
  notes,
  currency,
}: CadenceReport): TableModel {
  return {
    title: null,
    headline: sentence,
    columns: [
      { name: 'cadence', title: 'retrain', kind: 'text' },
      { name: 'days', title: 'every days', kind: 'text' },
      { name: 'trainingPerMonth', title: 'training', kind: 'money' },
      { name: 'lossPerMonth', title: 'lost quality', kind: 'money' },
      { name: 'totalPerMonth', title: 'a month', kind: 'money' },
      { name: 'moreThanBest', title: 'over the best', kind: 'money' },
      { name: 'rangeLow', title: 'low', kind: 'money' },
      { name: 'rangeHigh', title: 'high', kind: 'money' },
    ],
    rows: rows.map((row) => ({
      cadence: cell(row.cadence),
      days: { value: row.days, printed: String(Number(row.days.toFixed(2))) },
      trainingPerMonth: cell(row.trainingPerMonth),
      lossPerMonth: cell(row.lossPerMonth),
      totalPerMonth: cell(row.totalPerMonth),
      moreThanBest: cell(row.moreThanBest),
      rangeLow: cell(row.range?.low ?? null),
      rangeHigh: cell(row.range?.high ?? null),
    })),
    rest: null,
    total: null,
    footnotes: [
      `${currency} a month · a retraining ${printAmount(inputs.costPerRun)} (${costBasis(inputs)}) · ${inputs.decayPerDay} points lost a day at first (${inputs.decayKind}, ${inputs.decayBasis}) · a point is worth ${printAmount(inputs.valuePerPointDay)} a day`,
      bestDaysRange === null
        ? ''
        : `best interval: ${Number(bestDaysRange.low.toFixed(2))} to ${Number(bestDaysRange.high.toFixed(2))} days`,
      ...notes,
    ],
  };
}

function costBasis({ costBasis: basis, runs, modelsMade, costSpread }: CadenceReport['inputs']): string {
  if (basis === 'stated') return 'stated';
  const spread = costSpread === null ? '' : `, a run varies by ${printAmount(costSpread)}`;
  return `measured: ${runs} runs made ${modelsMade} models${spread}`;
}
