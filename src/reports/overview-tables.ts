import type { Overview } from '../app/results/results.ts';
import { nameCell } from './dimension-columns.ts';
import { printAmount } from './print-amount.ts';
import { type Cell, cell, type TableModel } from './table-model.ts';

/** The first page in text: the sentence, the way from paid to productive, and where most is lost. */
export function overviewTables(overview: Overview): readonly [TableModel, TableModel] {
  return [funnelTable(overview), leaksTable(overview)];
}

function funnelTable(overview: Overview): TableModel {
  const { sentence, funnel, currency, unitCost, generated } = overview;
  const { perProductiveGpuHour, perPaidGpuHour } = unitCost;
  const prices =
    perProductiveGpuHour === null || perPaidGpuHour === null
      ? ''
      : ` · a productive GPU-hour costs ${printAmount(perProductiveGpuHour)}, a paid one ${printAmount(perPaidGpuHour)}`;
  return {
    title: null,
    headline: sentence,
    columns: [
      { name: 'step', title: 'step', kind: 'text' },
      { name: 'gpuHours', title: 'GPU-hours', kind: 'hours' },
      { name: 'cost', title: 'cost', kind: 'money' },
      { name: 'fraction', title: 'of paid', kind: 'percent' },
      { name: 'meaning', title: 'meaning', kind: 'text', importance: 1 },
    ],
    rows: funnel.map(({ step, gpuHours, cost, fraction, meaning }) => ({
      step: cell(step),
      gpuHours: cell(gpuHours),
      cost: moneyCell(overview, cost),
      fraction: cell(fraction),
      meaning: cell(meaning),
    })),
    rest: null,
    total: null,
    footnotes: [
      `${currency}${prices}`,
      generated === null ? '' : `invented data: ${generated.description} (seed ${generated.seed})`,
    ],
  };
}

function leaksTable(overview: Overview): TableModel {
  const { leaks } = overview;
  return {
    title: 'Where most is lost',
    headline: leaks.length === 0 ? 'Nothing is lost in this window.' : null,
    columns:
      leaks.length === 0
        ? []
        : [
            { name: 'bucket', title: 'bucket', kind: 'text' },
            { name: 'team', title: 'team', kind: 'text', importance: 3 },
            { name: 'gpuHours', title: 'GPU-hours', kind: 'hours', importance: 2 },
            { name: 'cost', title: 'cost', kind: 'money' },
            { name: 'fraction', title: 'of all', kind: 'percent', importance: 1 },
            { name: 'advice', title: 'do this', kind: 'text' },
          ],
    rows: leaks.map(({ bucket, team, gpuHours, cost, fraction, advice }) => ({
      bucket: cell(bucket),
      team: nameCell(team),
      gpuHours: cell(gpuHours),
      cost: moneyCell(overview, cost),
      fraction: cell(fraction),
      advice: cell(advice),
    })),
    rest: null,
    total: null,
    footnotes: [],
  };
}

/** Without any price the cost is unknown, not zero. */
function moneyCell({ total }: Overview, cost: string): Cell {
  const isUnpriced = total.gpuHours.gross > 0 && total.unpricedGpuHours === total.gpuHours.gross;
  return isUnpriced ? cell(null, '?') : cell(cost);
}
