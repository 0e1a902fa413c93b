import type { BoardFigures, BoardPage } from '../../app/results/documents.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
import { printHours } from '../print-amount.ts';
import { cell } from '../table-model.ts';
import { unitCell } from '../unit-cells.ts';
import { drawBars } from './bars-chart.ts';
import { bucketBlock, hasNoPrice } from './bucket-block.ts';
import { decisionsBlock } from './decisions-block.ts';
import { INK } from './drawing.ts';
import { type Figure, figureTable, ledgerList } from './figure-list.ts';
import { methodLines, STAMP } from './method-lines.ts';
import type { Block, Card, PageModel } from './page-model.ts';
import { nameOf, spendBlock } from './spend-block.ts';
import {
  changeText,
  drawnAmount,
  fromText,
  monthName,
  percentText,
  picosOf,
  signedMoney,
  untilText,
  wholeMoney,
} from './words.ts';

const CHART_HEIGHT = 186;

/** One page: the sentence, four figures, two charts, products, savings, decisions, and how it was made. */
export function boardModel(page: BoardPage): PageModel {
  return {
    title: 'GPU and ML spend',
    subtitle: page.windowName,
    aside: [`Data until ${untilText(page.asOf)}`, `Amounts in ${page.currency}`],
    stamp: page.generated === null ? null : STAMP,
    lead: page.sentence,
    blocks: boardBlocks(page),
    method: methodLines(page),
    orientation: 'portrait',
    isOnePage: true,
    asOf: page.asOf,
    figures: figureTable(boardList(page)),
  };
}

export function boardBlocks(page: BoardFigures): Block[] {
  const { months, forecast, budget, currency, total, plan } = page;
  return [
    { kind: 'cards', width: 'full', cards: boardCards(page) },
    spendBlock({ months, forecast, budget, currency, width: 'half', height: CHART_HEIGHT }),
    bucketBlock({
      heading: 'Where the GPU money went',
      of: 'month',
      columns: months.map((month) => ({
        ...month,
        label: monthName(month.month),
        name: nameOf(month.month, month),
        isPartial: !month.isComplete,
      })),
      total,
      currency,
      width: 'half',
      height: CHART_HEIGHT,
    }),
    productsBlock(page),
    savingsBlock(page),
    decisionsBlock({
      heading: 'Decisions to take',
      decisions: plan.decisions,
      others: plan.others,
      saving: plan.saving.expected,
      none: plan.sentence,
      hasOwner: true,
      days: plan.days,
    }),
  ];
}

function boardCards(page: BoardFigures): Card[] {
  const { total, netFraction, plan, currency } = page;
  const { saving } = plan;
  const hasSaving = plan.decisions.length > 0;
  return [
    spentCard(page),
    budgetCard(page),
    {
      label: hasNoPrice(total) ? 'GPU time that did useful work' : 'GPU money that did useful work',
      value: percentText(netFraction),
      note: usefulNote(page),
      tone: 'plain',
    },
    {
      label: 'Can be saved a month',
      value: hasSaving ? wholeMoney(saving.expected, currency) : '–',
      note: hasSaving
        ? `between ${wholeMoney(saving.low, currency)} and ${wholeMoney(saving.high, currency)}`
        : 'no lever was found',
      tone: hasSaving ? 'good' : 'plain',
    },
  ];
}

type Spent = Pick<BoardFigures, 'total' | 'previous' | 'currency'>;

export function spentCard({ total, previous, currency }: Spent): Card {
  const isKnown = !hasNoPrice(total);
  const note =
    isKnown && previous !== null && previous.change !== null && !hasNoPrice(previous)
      ? `${signedMoney(previous.change, currency)} on ${beforeName(previous)}`
      : `${printHours(total.gpuHours.gross)} GPU-hours`;
  return {
    label: 'Spent',
    value: wholeMoney(isKnown ? total.totalCost : null, currency),
    note: total.unpricedGpuHours > 0 ? `${printHours(total.unpricedGpuHours)} GPU-hours unpriced` : note,
    tone: 'plain',
  };
}

type Budgeted = Pick<BoardFigures, 'budget' | 'currency' | 'forecast' | 'isComplete'>;

export function budgetCard({ budget, currency, forecast, isComplete }: Budgeted): Card {
  if (budget === null) return { label: 'Budget', value: '–', note: 'none is set', tone: 'plain' };
  const expected = !isComplete && budget.period === 'monthly' ? forecast[0]?.expected : undefined;
  const isOver =
    budget.state === 'over' ||
    budget.state === 'heading_over' ||
    (expected !== undefined && picosOf(expected) > picosOf(budget.limit));
  const state =
    expected === undefined ? STATE_NOTES[budget.state] : `${wholeMoney(expected, currency)} expected`;
  return {
    label: `Budget, ${budget.period}`,
    value: percentText(budget.usedFraction),
    note: `of ${wholeMoney(budget.limit, currency)}, ${state}`,
    tone: isOver ? 'bad' : 'good',
  };
}

const STATE_NOTES = {
  over: 'over',
  heading_over: 'heading over',
  warn: 'close to it',
  fine: 'within',
  unknown: 'not known',
} as const;

export function usefulNote({
  total,
  previous,
  currency,
}: Pick<BoardFigures, 'total' | 'previous' | 'currency'>): string {
  if (total.tareFraction === null) return 'no GPU time';
  const tare = hasNoPrice(total)
    ? `tare ${displayPercent(total.tareFraction)}`
    : `tare ${wholeMoney(formatPicos(picosOf(total.cost.gross) - picosOf(total.cost.productive)), currency)}`;
  if (previous === null || previous.netFraction === null) return tare;
  return `${tare}; ${beforeName(previous)} ${displayPercent(previous.netFraction)}`;
}

/** A month by its name; a stretch of days has none that is short. */
function beforeName({ isComplete, windowName }: NonNullable<BoardFigures['previous']>): string {
  return isComplete && /^[A-Z][a-z]+ \d+$/.test(windowName) ? windowName : 'before';
}

function productsBlock({ products, currency }: BoardFigures): Block {
  const heading = `Cost of our products, ${currency} per 1,000 requests`;
  if (products.rows.length === 0)
    return { kind: 'text', width: 'half', heading, paragraphs: ['No requests are known in this window.'] };
  const losing = products.rows.filter(({ isLosingMoney }) => isLosingMoney).map(({ endpoint }) => endpoint);
  const unpriced = products.rows.filter(({ unpricedRequests }) => unpricedRequests > 0).length;
  const { before } = products;
  const notes = [
    ...(before ? [`Before: ${fromText(before.from)} to ${untilText(before.to)}.`] : []),
    ...(losing.length > 0 ? [`Costs more than it earns: ${losing.join(', ')}.`] : []),
    ...(products.rest ? [`${products.rest.rows} smaller ones are left out.`] : []),
    ...(unpriced > 0 ? ['? some requests have no known cost, and are left out.'] : []),
  ];
  return {
    kind: 'table',
    width: 'half',
    heading,
    note: notes.length > 0 ? notes.join(' ') : null,
    table: {
      title: null,
      headline: null,
      columns: [
        { name: 'endpoint', title: 'product', kind: 'text' },
        { name: 'before', title: 'before', kind: 'count' },
        { name: 'now', title: 'now', kind: 'count' },
        { name: 'change', title: 'change', kind: 'count' },
      ],
      rows: products.rows.map((product) => ({
        endpoint: cell(product.endpoint),
        before: unitCell(product.costPer1kBefore),
        now: markedUnit(product.costPer1kRequests, product.unpricedRequests > 0),
        change: { value: product.changeFraction, printed: changeText(product.changeFraction) },
      })),
      rest: null,
      total: null,
      footnotes: [],
    },
  };
}

function markedUnit(value: string | null, isPartlyUnknown: boolean) {
  const found = unitCell(value);
  return isPartlyUnknown && found.printed !== undefined ? { ...found, printed: `${found.printed}?` } : found;
}

function savingsBlock({ plan, savings, currency }: BoardFigures): Block {
  const { saving } = plan;
  const amount = (text: string | null) => (text === null ? null : drawnAmount(text));
  const hasPlan = plan.decisions.length > 0;
  const rows = [
    {
      label: 'Found: the plan',
      value: hasPlan ? saving.expected : null,
      range: hasPlan ? { low: drawnAmount(saving.low), high: drawnAmount(saving.high) } : null,
      color: '#7E93B3',
    },
    {
      label: `Decided: promised by changes made${decidedNote(savings)}`,
      value: savings.promised,
      range: null,
      color: INK.bar,
    },
    { label: 'Measured: what they really save', value: savings.realised, range: null, color: INK.good },
  ];
  return {
    kind: 'chart',
    width: 'half',
    heading: 'Savings a month',
    summary: `${plan.sentence} ${savings.sentence}`,
    draw: (wide) =>
      drawBars({
        bars: rows.map(({ label, value, range, color }) => ({
          label,
          value: amount(value),
          text: wholeMoney(value, currency),
          range,
          color,
        })),
        width: wide,
        height: 102,
      }),
    table: {
      title: null,
      headline: null,
      columns: [
        { name: 'what', title: 'savings a month', kind: 'text' },
        { name: 'amount', title: 'amount', kind: 'money' },
      ],
      rows: rows.map(({ label, value }) => ({ what: cell(label), amount: cell(value) })),
      rest: null,
      total: null,
      footnotes: [],
    },
  };
}

/** Why there is nothing beside it. */
function decidedNote({ changes, compared }: BoardFigures['savings']): string {
  if (changes === 0) return ' (none recorded)';
  return compared === 0 ? ` (${changes}, too early to say)` : '';
}

export function boardList(page: BoardFigures): Figure[] {
  const { currency, budget, plan, savings, products, coverage, reconciliation } = page;
  return [
    ...ledgerList('window', page.windowName, page.total, currency),
    ['window', page.windowName, 'netFraction', page.netFraction, 'fraction'],
    ...(page.previous ? ledgerList('before', page.previous.windowName, page.previous, currency) : []),
    ...(budget
      ? ([
          ['budget', budget.name, 'limit', budget.limit, currency],
          ['budget', budget.name, 'spent', budget.spent, currency],
          ['budget', budget.name, 'usedFraction', budget.usedFraction, 'fraction'],
          ['budget', budget.name, 'left', budget.left, currency],
        ] satisfies Figure[])
      : []),
    ...page.months.flatMap((month) => ledgerList('month', month.month, month, currency)),
    ...page.forecast.flatMap(({ month, low, expected, high }): Figure[] => [
      ['forecast', month, 'low', low, currency],
      ['forecast', month, 'expected', expected, currency],
      ['forecast', month, 'high', high, currency],
    ]),
    ...products.rows.flatMap((product): Figure[] => [
      ['product', product.endpoint, 'costPer1kRequests', product.costPer1kRequests, currency],
      ['product', product.endpoint, 'costPer1kBefore', product.costPer1kBefore, currency],
      ['product', product.endpoint, 'changeFraction', product.changeFraction, 'fraction'],
      ['product', product.endpoint, 'cost', product.cost, currency],
      ['product', product.endpoint, 'requests', product.requests, 'requests'],
      ['product', product.endpoint, 'unpricedRequests', product.unpricedRequests, 'requests'],
    ]),
    ['plan', 'all', 'bill', plan.bill, currency],
    ['plan', 'all', 'billAfter', plan.billAfter, currency],
    ['plan', 'all', 'savingLow', plan.saving.low, currency],
    ['plan', 'all', 'saving', plan.saving.expected, currency],
    ['plan', 'all', 'savingHigh', plan.saving.high, currency],
    ...plan.decisions.map(
      (decision): Figure => ['decision', decision.id, 'saving', decision.saving, currency],
    ),
    ...(plan.others
      ? ([
          ['decision', `${plan.others.rows} smaller`, 'saving', plan.others.saving, currency],
        ] satisfies Figure[])
      : []),
    ['savings', 'changes', 'promised', savings.promised, currency],
    ['savings', 'changes', 'realised', savings.realised, currency],
    ['trust', 'coverage', 'observed', coverage.observed, 'fraction'],
    ['trust', 'reconciliation', 'bill', reconciliation.bill, currency],
    ['trust', 'reconciliation', 'ledger', reconciliation.ledger, currency],
    ['trust', 'reconciliation', 'difference', reconciliation.difference, currency],
    ['trust', 'reconciliation', 'estimated', reconciliation.estimated, currency],
  ];
}
