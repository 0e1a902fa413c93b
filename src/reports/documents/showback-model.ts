import type { TeamShowback } from '../../app/results/documents.ts';
import type { LedgerFigures } from '../../app/results/results.ts';
import { nameCell } from '../dimension-columns.ts';
import { cell, type Row, type TableModel } from '../table-model.ts';
import { budgetCard, spentCard, usefulNote } from './board-model.ts';
import { bucketBlock, hasNoPrice } from './bucket-block.ts';
import { BUCKET_LOOKS } from './bucket-looks.ts';
import { decisionsBlock } from './decisions-block.ts';
import { type Figure, figureTable, ledgerList } from './figure-list.ts';
import { methodLines, STAMP } from './method-lines.ts';
import type { Block, Card, PageModel } from './page-model.ts';
import { nameOf, spendBlock } from './spend-block.ts';
import { monthName, percentText, untilText, wholeMoney } from './words.ts';

/** What one team cost, where it went, and what the team can do. */
export function showbackModel(document: TeamShowback): PageModel {
  return {
    title: `GPU and ML cost of ${document.team}`,
    subtitle: document.windowName,
    aside: [`Data until ${untilText(document.asOf)}`, `Amounts in ${document.currency}`],
    stamp: document.generated === null ? null : STAMP,
    lead: document.sentence,
    blocks: [
      { kind: 'cards', width: 'full', cards: cardsOf(document) },
      ...chartsOf(document),
      workloadsBlock(document),
      sharedBlock(document),
      decisionsBlock({
        heading: 'What to do',
        decisions: document.plan.decisions,
        others: document.plan.others,
        saving: document.plan.saving,
        none: 'No lever of the plan is this team’s to decide.',
        hasOwner: false,
        days: document.plan.days,
      }),
    ],
    method: methodLines({ ...document, total: document.total }),
    orientation: 'portrait',
    isOnePage: true,
    asOf: document.asOf,
    figures: figureTable(listOf(document)),
  };
}

function cardsOf(document: TeamShowback): Card[] {
  const { platformFraction, netFraction, plan, currency, total } = document;
  return [
    spentCard(document),
    budgetCard(document),
    {
      label: hasNoPrice(total) ? 'GPU time that did useful work' : 'GPU money that did useful work',
      value: percentText(netFraction),
      note: usefulNote(document),
      tone: 'plain',
    },
    {
      label: 'Share of everybody’s cost',
      value: percentText(platformFraction),
      note:
        plan.decisions.length > 0
          ? `${wholeMoney(plan.saving, currency)} a month to save`
          : 'nothing found to save',
      tone: 'plain',
    },
  ];
}

const HEIGHT = 132;

function chartsOf(document: TeamShowback): Block[] {
  const { months, forecast, budget, currency, days, total } = document;
  const isByDay = days.length > 0;
  return [
    spendBlock({ months, forecast, budget, currency, width: 'half', height: HEIGHT }),
    bucketBlock({
      heading: isByDay ? 'Where the GPU money went, by day' : 'Where the GPU money went',
      of: isByDay ? 'day' : 'month',
      columns: isByDay
        ? days.map((day) => ({
            ...day,
            label: String(Number(day.day.slice(8))),
            name: day.day,
            isPartial: false,
          }))
        : months.map((month) => ({
            ...month,
            label: monthName(month.month),
            name: nameOf(month.month, month),
            isPartial: !month.isComplete,
          })),
      total,
      currency,
      width: 'half',
      height: HEIGHT,
    }),
  ];
}

function workloadsBlock({ workloads, restOfWorkloads, total }: TeamShowback): Block {
  return {
    kind: 'table',
    width: 'full',
    heading: 'Largest workloads',
    note: null,
    table: {
      ...ledgerColumns('workload', 'workload', hasNoPrice(total)),
      rows: workloads.map((row) => ({
        workload: row.workload === 'none' ? NO_WORKLOAD : nameCell(row.workload),
        ...ledgerCells(row),
      })),
      rest: restOfWorkloads && {
        workload: cell(`and ${restOfWorkloads.rows} smaller`),
        ...ledgerCells(restOfWorkloads),
      },
      total: { workload: cell('Total'), ...ledgerCells(total) },
    },
  };
}

/** Charges that name the team and no workload. */
const NO_WORKLOAD = { value: 'none', printed: '(no workload)' };

/** Buckets, direct and shared charges, and what they add up to; in GPU-hours where nothing has a price. */
export function ledgerColumns(
  name: string,
  title: string,
  isUnpriced: boolean,
): Pick<TableModel, 'title' | 'headline' | 'columns' | 'footnotes'> {
  const kind = isUnpriced ? 'hours' : 'money';
  return {
    title: null,
    headline: null,
    columns: [
      { name, title, kind: 'text' },
      ...BUCKET_LOOKS.map(({ bucket }) => ({
        name: isUnpriced ? `${bucket}Hours` : bucket,
        title: bucket,
        kind: kind as 'hours' | 'money',
        partOf: isUnpriced ? 'grossHours' : 'total',
      })),
      ...(isUnpriced
        ? [{ name: 'grossHours', title: 'GPU-hours', kind: 'hours' as const }]
        : [
            { name: 'direct', title: 'direct', kind: 'money' as const, partOf: 'total' },
            { name: 'shared', title: 'shared', kind: 'money' as const, partOf: 'total' },
            { name: 'total', title: 'total', kind: 'money' as const },
          ]),
    ],
    footnotes: [],
  };
}

export function ledgerCells(figures: LedgerFigures): Row {
  const { cost, gpuHours, direct, shared, totalCost, unpricedGpuHours } = figures;
  return {
    ...Object.fromEntries(BUCKET_LOOKS.map(({ bucket }) => [bucket, cell(cost[bucket])])),
    ...Object.fromEntries(BUCKET_LOOKS.map(({ bucket }) => [`${bucket}Hours`, cell(gpuHours[bucket])])),
    grossHours: cell(gpuHours.gross),
    direct: cell(direct),
    shared: cell(shared),
    total: hasNoPrice(figures) ? cell(null, '?') : cell(totalCost, unpricedGpuHours > 0 ? '?' : undefined),
  };
}

export const SHARED_RULES = {
  proportional: 'in proportion to what each workload’s GPUs cost, hour by hour',
  even: 'evenly over the teams that hold GPUs in an hour, and within a team in proportion',
  none: 'not at all: they stay with nobody',
} as const;

function sharedBlock({ shared, currency, total, team }: TeamShowback): Block {
  const services = shared.services.length === 0 ? '' : ` They come from ${shared.services.join(', ')}.`;
  const share = shared.fraction === null ? '' : ` (${percentText(shared.fraction)})`;
  return {
    kind: 'text',
    width: 'full',
    heading: 'Shared costs, and how they were spread',
    paragraphs: [
      `Charges that name no owner came to ${wholeMoney(shared.total, currency)} for everybody and were spread ${SHARED_RULES[shared.rule]}: ${team} bears ${wholeMoney(shared.amount, currency)} of them${share}.${services} Charges that name ${team} came to ${wholeMoney(total.direct, currency)} and are its own.`,
    ],
  };
}

function listOf(document: TeamShowback): Figure[] {
  const { currency, team, total, months, workloads, restOfWorkloads, shared, plan, budget } = document;
  return [
    ...ledgerList('team', team, total, currency),
    ['team', team, 'netFraction', document.netFraction, 'fraction'],
    ['team', team, 'platformFraction', document.platformFraction, 'fraction'],
    ...(budget
      ? ([
          ['budget', budget.name, 'limit', budget.limit, currency],
          ['budget', budget.name, 'spent', budget.spent, currency],
          ['budget', budget.name, 'usedFraction', budget.usedFraction, 'fraction'],
        ] satisfies Figure[])
      : []),
    ...months.flatMap((month) => ledgerList('month', month.month, month, currency)),
    ...workloads.flatMap((row) => ledgerList('workload', row.workload, row, currency)),
    ...(restOfWorkloads
      ? ledgerList('workload', `${restOfWorkloads.rows} smaller`, restOfWorkloads, currency)
      : []),
    ['shared', 'everybody', 'amount', shared.total, currency],
    ['shared', team, 'amount', shared.amount, currency],
    ['shared', team, 'fraction', shared.fraction, 'fraction'],
    ...plan.decisions.map((one): Figure => ['decision', one.id, 'saving', one.saving, currency]),
    ['decision', 'all', 'saving', plan.saving, currency],
  ];
}
