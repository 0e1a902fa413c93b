import { describe, expect, it } from 'vitest';
import type { BudgetRow } from '../results/budgets.ts';
import type { BoardPage, Decision } from '../results/documents.ts';
import type { LedgerFigures } from '../results/results.ts';
import { boardSentence } from './plain-sentence.ts';

const NONE = { unobserved: 0, unallocated: 0, idle: 0, underused: 0, lost: 0 };

function figures(totalCost: string, unpricedGpuHours = 0): LedgerFigures {
  return {
    gpuHours: { ...NONE, gross: 100, productive: 100 },
    cost: {
      ...{ unobserved: '0.00', unallocated: '0.00', idle: '0.00', underused: '0.00', lost: '0.00' },
      gross: totalCost,
      productive: totalCost,
    },
    direct: '0.00',
    shared: '0.00',
    totalCost,
    tareFraction: 0.53,
    unpricedGpuHours,
    estimatedCost: '0.00',
  };
}

function budget(limit: string, left: string): BudgetRow {
  return { period: 'monthly', limit, left, state: 'fine' } as BudgetRow;
}

function decision(saving: string): Decision {
  return { saving } as Decision;
}

function page(changed: Partial<BoardPage>): BoardPage {
  return {
    windowName: 'October 2026',
    asOf: '2026-11-01T00:00:00Z',
    isComplete: true,
    currency: 'USD',
    total: figures('460000.00'),
    netFraction: 0.47,
    budget: null,
    forecast: [],
    coverage: { pricedBy: { unpriced: 0 } },
    plan: { saving: { expected: '0.00' }, decisions: [], others: null },
    ...changed,
  } as unknown as BoardPage;
}

const plan = (saving: string, ...decided: string[]) =>
  ({
    saving: { expected: saving },
    decisions: decided.map(decision),
    others: null,
  }) as unknown as BoardPage['plan'];

describe('the sentence of a board page', () => {
  it.each<[string, Partial<BoardPage>, string]>([
    ['no budget and no plan', {}, 'October 2026 cost $460,000. 47 % of the money for GPUs did useful work.'],
    [
      'a budget that is kept',
      { budget: budget('470000.00', '10000.40') },
      'October 2026 cost $460,000, $10,000 within the monthly budget of $470,000. 47 % of the money for GPUs did useful work.',
    ],
    [
      'one that is not, in another currency',
      { budget: budget('455000.00', '-5000.00'), currency: 'CHF' },
      'October 2026 cost CHF 460,000, CHF 5,000 over the monthly budget of CHF 455,000. 47 % of the money for GPUs did useful work.',
    ],
    [
      'a month that goes on',
      {
        isComplete: false,
        asOf: '2026-10-20T00:00:00Z',
        budget: budget('455000.00', '5000.00'),
        forecast: [{ month: '2026-10', low: '1.00', expected: '600000.49', high: '2.00', days: 20 }],
      },
      'October 2026 cost $460,000 until 2026-10-20; $600,000 is expected by its end, against the monthly budget of $455,000. 47 % of the money for GPUs did useful work.',
    ],
    [
      'a plan of more than is decided',
      { plan: plan('70000.00', '40000.00', '10000.00') },
      'October 2026 cost $460,000. 47 % of the money for GPUs did useful work. $70,000 a month can be saved, $50,000 of it with two decisions.',
    ],
    [
      'a plan of one',
      { plan: plan('70000.00', '70000.00') },
      'October 2026 cost $460,000. 47 % of the money for GPUs did useful work. $70,000 a month can be saved, with one decision.',
    ],
    [
      'something without a price',
      { total: figures('460000.00', 3), coverage: { pricedBy: { unpriced: 0.03 } } as BoardPage['coverage'] },
      'October 2026 cost $460,000. 47 % of the money for GPUs did useful work. 3 % of the GPU time has no price and is missing here.',
    ],
    [
      'nothing with a price: unknown is not zero',
      { total: figures('0.00', 100), budget: budget('455000.00', '455000.00') },
      'October 2026: GPUs were paid for, and none of them has a price. 47 % of the GPU time did useful work.',
    ],
    ['no GPU time', { netFraction: null }, 'October 2026 cost $460,000.'],
  ])('says %s', (_, changed, sentence) => {
    expect(boardSentence(page(changed))).toBe(sentence);
  });
});
