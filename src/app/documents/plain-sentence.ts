import { displayAmount, displayMoney } from '../../domain/money/display-money.ts';
import type { Picos } from '../../domain/money/picos.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
import { amountOf } from '../figures/amount-of.ts';
import type { BudgetRow } from '../results/budgets.ts';
import type { BoardPage, MonthlyReview, TeamShowback } from '../results/documents.ts';
import type { LedgerFigures } from '../results/results.ts';

type Told<Page extends { sentence: string }> = Omit<Page, 'sentence' | 'kind'>;

/** For people who know money and no GPUs, in whole units: what it cost, against what was allowed, what of it was of use, and what can be done. */
export function boardSentence(page: Told<BoardPage> | Told<MonthlyReview>): string {
  return joined([
    `${costSentence(whenOf(page), page)}${budgetPart(page)}.`,
    usePart(page),
    unpricedPart(page.total, page.coverage),
    decisionPart(page),
  ]);
}

export function showbackSentence(page: Told<TeamShowback>): string {
  const share =
    page.platformFraction === null ? '' : `, ${displayPercent(page.platformFraction)} of what everybody cost`;
  const saving = amountOf(page.plan.saving);
  return joined([
    `${costSentence(`${whenOf(page)}, ${page.team}`, page)}${share}${budgetPart(page)}.`,
    usePart(page),
    unpricedPart(page.total, page.coverage),
    saving > 0n ? `${whole(saving, page.currency)} a month of it can be saved by the team itself.` : '',
  ]);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function whenOf({ windowName, isComplete, asOf }: Pick<BoardPage, 'windowName' | 'isComplete' | 'asOf'>) {
  return isComplete ? windowName : `${windowName}, until ${asOf.slice(0, 10)}`;
}

type Costed = Readonly<{ total: LedgerFigures; currency: string }>;

function costSentence(subject: string, { total, currency }: Costed): string {
  if (hasNoPrice(total)) return `${subject}: GPUs were paid for, and none of them has a price`;
  return `${subject} cost ${whole(amountOf(total.totalCost), currency)}`;
}

function budgetPart({
  budget,
  total,
  currency,
}: Readonly<{ budget: BudgetRow | null; total: LedgerFigures; currency: string }>): string {
  if (budget === null || budget.left === null || hasNoPrice(total)) return '';
  const left = amountOf(budget.left);
  const limit = `${budget.period} budget of ${whole(amountOf(budget.limit), currency)}`;
  if (budget.state === 'heading_over' && budget.forecast !== null)
    return `; with ${whole(amountOf(budget.forecast.expected), currency)} expected it is heading over the ${limit}`;
  if (left < 0n) return `, ${whole(-left, currency)} over the ${limit}`;
  return `, ${whole(left, currency)} within the ${limit}`;
}

function usePart({ total, netFraction }: Readonly<{ total: LedgerFigures; netFraction: number | null }>) {
  if (netFraction === null) return '';
  const what = hasNoPrice(total) ? 'GPU time' : 'money for GPUs';
  return `${displayPercent(netFraction)} of the ${what} did useful work.`;
}

function unpricedPart({ unpricedGpuHours }: LedgerFigures, { pricedBy }: BoardPage['coverage']): string {
  if (unpricedGpuHours === 0) return '';
  return `${displayPercent(pricedBy.unpriced)} of the GPU time has no price and is missing here.`;
}

function decisionPart({ plan, currency }: Pick<BoardPage, 'plan' | 'currency'>): string {
  const count = plan.decisions.length;
  const saving = amountOf(plan.saving.expected);
  if (count === 0 || saving <= 0n) return '';
  const changes = count === 1 ? 'one decision' : `${WORDS[count] ?? count} decisions`;
  const decided = plan.decisions.reduce((sum, one) => sum + amountOf(one.saving), 0n);
  const part = decided === saving ? '' : `${whole(decided, currency)} of it `;
  return `${whole(saving, currency)} a month can be saved, ${part}with ${changes}.`;
}

const WORDS: readonly string[] = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];

function hasNoPrice({ gpuHours, unpricedGpuHours }: LedgerFigures): boolean {
  return gpuHours.gross > 0 && unpricedGpuHours === gpuHours.gross;
}

/** `$460,000`: cents say nothing in a sentence. */
function whole(picos: Picos, currency: string): string {
  const [sign] = displayMoney(0n, currency).split('0.00');
  return `${picos < 0n ? '-' : ''}${sign}${displayAmount(picos < 0n ? -picos : picos, 0)}`;
}
