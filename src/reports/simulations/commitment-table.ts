import type { CommitmentSimulation } from '../../app/results/simulations/commitment-simulation.ts';
import { type Column, cell, type TableModel } from '../table-model.ts';

/** What was promised, what came of it, and what could have been had. */
export function commitmentTable(result: CommitmentSimulation): TableModel {
  const { monthlySaving, risk } = result;
  return {
    title: null,
    headline: `Commit to ${result.level} GPUs at ${result.rate} of the on-demand price`,
    columns: COLUMNS,
    rows: [
      row(
        'claimed',
        result.level,
        result.claimedSavingsPercent,
        monthlySaving?.claimed,
        risk.trainUsePercent,
        result.trainHours,
      ),
      row(
        'realised',
        result.level,
        result.realisedSavingsPercent,
        monthlySaving?.realised,
        risk.testUsePercent,
        result.testHours,
      ),
      row('oracle', result.oracleLevel, result.oracleSavingsPercent, null, null, result.testHours),
      ...result.stack.map(({ term, units }) => row(`stacked: ${term}`, units, null, null, null, null)),
    ],
    rest: null,
    total: null,
    footnotes: [
      `Below a use of ${risk.breakEvenUsePercent.toFixed(1)} % it costs more than on-demand; ${risk.weeksAtALossPercent === null ? 'there was no whole week' : `so it did in ${risk.weeksAtALossPercent.toFixed(1)} % of the weeks`}. Part of it stood idle in ${risk.hoursBelowLevelPercent.toFixed(1)} % of the hours.`,
      risk.testUnusedPercent === null || risk.testHoursBelowLevelPercent === null
        ? ''
        : `In the hours that followed a part of it was not used in ${risk.testHoursBelowLevelPercent.toFixed(1)} % of them, and ${risk.testUnusedPercent.toFixed(1)} % of its cost bought nothing.`,
      result.growthPercentPerMonth === 0
        ? ''
        : `Demand is expected to change by ${result.growthPercentPerMonth.toFixed(1)} % a month.`,
      result.existing.usePercent === null
        ? ''
        : `${result.existing.units} GPUs are committed already, used by ${result.existing.usePercent.toFixed(1)} %.`,
      result.missingHours === 0 ? '' : `${result.missingHours} hours are missing and were left out.`,
    ],
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'saving', title: 'saving', kind: 'text' },
  { name: 'level', title: 'GPUs', kind: 'count' },
  { name: 'savedPercent', title: 'saved', kind: 'percent' },
  { name: 'monthlySaving', title: 'a month', kind: 'money' },
  { name: 'usePercent', title: 'use', kind: 'percent' },
  { name: 'hours', title: 'hours', kind: 'count' },
];

function row(
  name: string,
  level: number | null,
  savedPercent: number | null,
  saved: string | null | undefined,
  usePercent: number | null,
  hours: number | null,
): TableModel['rows'][number] {
  const fraction = (percent: number | null) => (percent === null ? null : percent / 100);
  return {
    saving: cell(name),
    level: cell(level),
    savedPercent: cell(fraction(savedPercent)),
    monthlySaving: cell(saved ?? null, saved ? '~' : undefined),
    usePercent: cell(fraction(usePercent)),
    hours: cell(hours),
  };
}
