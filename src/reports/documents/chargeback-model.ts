import type { ChargebackFigures, ChargebackStatement } from '../../app/results/documents.ts';
import { BUCKETS } from '../../domain/ledger/buckets.ts';
import { nameCell } from '../dimension-columns.ts';
import { cell, type Row, type TableModel } from '../table-model.ts';
import { hasNoPrice } from './bucket-block.ts';
import { methodLines, STAMP } from './method-lines.ts';
import type { Block, PageModel } from './page-model.ts';
import { ledgerCells, ledgerColumns, SHARED_RULES } from './showback-model.ts';
import { capitalised, untilText } from './words.ts';

/** Who bears what of the bill: each owner's buckets, direct and shared charges, to the cent. */
export function chargebackModel(statement: ChargebackStatement): PageModel {
  const { number, asOf, currency } = statement;
  return {
    title: 'Chargeback statement',
    subtitle: statement.windowName,
    aside: [`Number ${number}`, `Data until ${untilText(asOf)}`, `Amounts in ${currency}`],
    stamp: statement.generated === null ? null : STAMP,
    lead: statement.sentence,
    blocks: [linesBlock(statement), sourcesBlock(statement), agreementBlock(statement)],
    method: methodLines(statement),
    orientation: 'landscape',
    isOnePage: false,
    asOf,
    figures: figuresOf(statement),
  };
}

function linesBlock({ rows, total, by, sharedRule }: ChargebackStatement): Block {
  const title = by.replace(/^tag:/, '');
  return {
    kind: 'table',
    width: 'full',
    heading: `By ${title}`,
    note: `Total = GPU time in its six parts + direct charges + shared charges. Direct charges name their owner; shared ones are spread ${SHARED_RULES[sharedRule]}.`,
    table: {
      ...ledgerColumns('owner', title, hasNoPrice(total)),
      rows: rows.map((row) => ({ owner: nameCell(row.owner), ...ledgerCells(row) })),
      rest: null,
      total: { owner: cell('Total'), ...ledgerCells(total) },
    },
  };
}

const SOURCES = [
  ['bill', 'bill'],
  ['contract', 'contract'],
  ['priceBook', 'list price'],
  ['ownership', 'own machines'],
  ['unpriced', 'no price'],
] as const;

function sourcesBlock({ rows, total, by }: ChargebackStatement): Block {
  return {
    kind: 'table',
    width: 'half',
    heading: 'Where the prices of the GPU time came from',
    note: 'Shares of the GPU-hours of each line. What no bill covers is an estimate until the bill arrives.',
    table: {
      title: null,
      headline: null,
      columns: [
        { name: 'owner', title: by.replace(/^tag:/, ''), kind: 'text' },
        ...SOURCES.map(([name, title]) => ({ name, title, kind: 'percent' as const })),
      ],
      rows: rows.map((row) => ({ owner: nameCell(row.owner), ...sourceCells(row) })),
      rest: null,
      total: { owner: cell('Total'), ...sourceCells(total) },
      footnotes: [],
    },
  };
}

function sourceCells({ pricedBy }: ChargebackFigures): Row {
  return Object.fromEntries(SOURCES.map(([name]) => [name, cell(pricedBy === null ? null : pricedBy[name])]));
}

/** What the total is made of on the side of the bill. */
function agreementBlock({ agreement, rows, total }: ChargebackStatement): Block {
  const unassigned = rows.filter(({ isUnassigned }) => isUnassigned);
  return {
    kind: 'table',
    width: 'half',
    heading: 'How it agrees with the bill',
    note:
      unassigned.length === 0
        ? 'Every line has an owner.'
        : `${capitalised(unassigned.map(({ owner }) => WITHOUT_OWNER[owner] ?? owner).join(', '))}: no rule under owners in tare.yaml says whose that is.`,
    table: {
      title: null,
      headline: null,
      columns: [
        { name: 'what', title: 'the total is', kind: 'text' },
        { name: 'amount', title: 'amount', kind: 'money' },
      ],
      rows: [
        { what: cell('Billed'), amount: cell(agreement.bill) },
        { what: cell('Not billed, by estimate'), amount: cell(agreement.estimated) },
        { what: cell('Difference to the bill'), amount: cell(agreement.difference) },
      ],
      rest: null,
      total: { what: cell('Total of the statement'), amount: cell(total.totalCost) },
      footnotes: [],
    },
  };
}

/** One row for each owner, exact. */
function figuresOf({ rows, by, number, currency }: ChargebackStatement): TableModel {
  const names = [
    'statement',
    by,
    ...BUCKETS.map((bucket) => `${bucket}Cost`),
    'grossCost',
    'direct',
    'shared',
    'totalCost',
    'currency',
    'grossGpuHours',
    'unpricedGpuHours',
    'estimatedCost',
    ...Object.keys(rows[0]?.costBy ?? {}).map((source) => `${source}Cost`),
  ];
  return {
    title: null,
    headline: null,
    columns: names.map((name) => ({ name, title: name, kind: 'text' })),
    rows: rows.map((row) => ({
      statement: cell(number),
      [by]: cell(row.owner),
      ...Object.fromEntries(BUCKETS.map((bucket) => [`${bucket}Cost`, cell(row.cost[bucket])])),
      grossCost: cell(row.cost.gross),
      direct: cell(row.direct),
      shared: cell(row.shared),
      totalCost: cell(row.totalCost),
      currency: cell(currency),
      grossGpuHours: cell(row.gpuHours.gross),
      unpricedGpuHours: cell(row.unpricedGpuHours),
      estimatedCost: cell(row.estimatedCost),
      ...Object.fromEntries(
        Object.entries(row.costBy).map(([source, amount]) => [`${source}Cost`, cell(amount)]),
      ),
    })),
    rest: null,
    total: null,
    footnotes: [],
  };
}

const WITHOUT_OWNER: Readonly<Record<string, string>> = {
  untagged: 'held by somebody whom no rule names',
  nobody: 'held by nobody',
  none: 'without an owner',
};
