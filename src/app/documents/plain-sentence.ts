import { displayAmount, displayMoney } from '../../domain/money/display-money.ts';
import type { Picos } from '../../domain/money/picos.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
import { amountOf } from '../figures/amount-of.ts';
import type { BudgetRow } from '../results/budgets.ts';
import type { BoardPage, MonthForecast, MonthlyReview, TeamShowback } from '../results/documents.ts';
import type { LedgerFigures } from '../results/results.ts';

type Told<Page extends { sentence: string }> = Omit<Page, 'sentence' | 'kind'>;

/** For people who know money and no GPUs, in whole units: what it cost, against what was allowed, what of it was of use, and what can be done. */
export function boardSentence(page: Told<BoardPage> | Told<MonthlyReview>): string {
  return joined([
    `${costSentence(page.windowName, page)}${untilPart(page)}${budgetPart(page)}.`,
    usePart(page),
    unpricedPart(page),
    decisionPart(page),
  ]);
}

export function showbackSentence(page: Told<TeamShowback>): string {
  const share =
    page.platformFraction === null ? '' : `, ${displayPercent(page.platformFraction)} of what everybody cost`;
  const saving = amountOf(page.plan.saving);
  return joined([
    `${costSentence(`In ${page.windowName} ${page.team}`, page)}${untilPart(page)}${share}${budgetPart(page)}.`,
    usePart(page),
    unpricedPart(page),
    saving > 0n ? `${whole(saving, page.currency)} a month of it the team itself can save.` : '',
  ]);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

/** A window that goes on says how far it is known. */
function untilPart({ isComplete, asOf }: Pick<BoardPage, 'isComplete' | 'asOf'>): string {
  return isComplete ? '' : ` until ${asOf.slice(0, 10)}`;
}

type Costed = Readonly<{ total: LedgerFigures; currency: string }>;

function costSentence(subject: string, { total, currency }: Costed): string {
  if (hasNoPrice(total)) return `${subject}: GPUs were paid for, and none of them has a price`;
  return `${subject} cost ${whole(amountOf(total.totalCost), currency)}`;
}

type Budgeted = Costed &
  Readonly<{ budget: BudgetRow | null; isComplete: boolean; forecast: readonly MonthForecast[] }>;

function budgetPart({ budget, total, currency, isComplete, forecast }: Budgeted): string {
  if (budget === null || budget.left === null || hasNoPrice(total)) return '';
  const left = amountOf(budget.left);
  const limit = `the ${budget.period} budget of ${whole(amountOf(budget.limit), currency)}`;
  const [expected] = forecast;
  if (!isComplete && budget.period === 'monthly' && expected !== undefined)
    return `; ${whole(amountOf(expected.expected), currency)} is expected by its end, against ${limit}`;
  if (left < 0n) return `, ${whole(-left, currency)} over ${limit}`;
  return `, ${whole(left, currency)} within ${limit}`;
}

function usePart({ total, netFraction }: Readonly<{ total: LedgerFigures; netFraction: number | null }>) {
  if (netFraction === null) return '';
  const what = hasNoPrice(total) ? 'GPU time' : 'money for GPUs';
  return `${capital(displayPercent(netFraction))} of the ${what} did useful work.`;
}

function unpricedPart({
  total,
  coverage,
}: Readonly<{ total: LedgerFigures; coverage: BoardPage['coverage'] }>): string {
  if (total.unpricedGpuHours === 0 || hasNoPrice(total)) return '';
  return `${capital(displayPercent(coverage.pricedBy.unpriced))} of the GPU time has no price and is missing here.`;
}

/** `under 1 %` begins a sentence here. */
function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
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
