import type { SpotFigures, SpotSimulation } from '../../app/results/simulations/spot-simulation.ts';
import { type Column, cell, type TableModel } from '../table-model.ts';

/** One row for each policy that was played, cheapest last where all were: on-demand is the one to compare with. */
export function spotTable(result: SpotSimulation): TableModel {
  const rows = result.compared.length > 0 ? result.compared : [result];
  return {
    title: null,
    headline: `${result.workHours} h of work within ${result.deadlineHours} h, from ${result.traces} starts, at ${result.onDemandPerHour} on demand and ${result.spotPerHour} on spot per hour`,
    columns: COLUMNS,
    rows: rows.map(cellsOf),
    rest: null,
    total: null,
    footnotes: [
      `Spot was there in ${result.availabilityPercent.toFixed(1)} % of the time; ticks of ${result.gapSeconds} s are paid in full${result.counting === 'extra-tick' ? ', and one more after the end' : ''}.`,
      result.tracesWithHistory > 0
        ? `${result.tracesWithHistory} starts knew what came before, ${result.meanHistoryHours.toFixed(0)} h on average.`
        : 'No start knew anything of what came before.',
      result.checkpoint === null
        ? ''
        : `Checkpoint every ${result.checkpoint.youngMinutes.toFixed(0)} minutes (Young) or ${result.checkpoint.dalyMinutes.toFixed(0)} (Daly); then ${result.checkpoint.wastedPercent.toFixed(1)} % of the time on spot is lost to checkpoints, lost work and change-overs. That is not in the costs above.`,
      result.gapClosedPercent === null
        ? ''
        : `${result.policy} closes ${result.gapClosedPercent.toFixed(1)} % of the gap from uniform-progress to optimal. optimal knows the future.`,
    ],
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'policy', title: 'policy', kind: 'text' },
  { name: 'meanCost', title: 'mean cost', kind: 'money' },
  { name: 'stdCost', title: 'deviation', kind: 'money' },
  { name: 'savingPercent', title: 'saving', kind: 'percent' },
  { name: 'deadlineMisses', title: 'missed', kind: 'count' },
  { name: 'meanSpotHours', title: 'spot hours', kind: 'hours' },
  { name: 'meanOnDemandHours', title: 'on-demand hours', kind: 'hours' },
  { name: 'meanStarts', title: 'starts', kind: 'text', importance: 1 },
  { name: 'traces', title: 'runs', kind: 'count', importance: 0 },
];

function cellsOf(figures: SpotFigures): TableModel['rows'][number] {
  return {
    policy: cell(figures.policy),
    meanCost: cell(figures.meanCost, '~'),
    stdCost: cell(figures.stdCost),
    savingPercent: cell(figures.savingPercent / 100),
    deadlineMisses: cell(figures.deadlineMisses),
    meanSpotHours: cell(figures.meanSpotHours),
    meanOnDemandHours: cell(figures.meanOnDemandHours),
    meanStarts: { value: figures.meanStarts, printed: figures.meanStarts.toFixed(1) },
    traces: cell(figures.traces),
  };
}
