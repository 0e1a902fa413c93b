import type { BillPlan, CommitmentFigures, PlanRow } from '../../../src/app/results/plan.ts';
import { fractionOf, parseDecimal, toNumber } from '../format/decimal.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { countOf, formatCount, formatPercent } from '../format/quantity.ts';
import type { Card } from '../frame/cards.tsx';
import { asSentence, leverName } from '../savings/lever-names.ts';

/** A step of the waterfall, as shares of what the plan saves: what the rows above have saved, and what this one does. */
export type Fall = Readonly<{ before: number; saved: number }>;

export function viewFall(plan: BillPlan, row: Pick<PlanRow, 'inPlanSaving' | 'billAfter'>): Fall {
  const [whole, bill, saved, left] = [
    plan.planSaving.expected,
    plan.bill.total,
    row.inPlanSaving,
    row.billAfter,
  ].map((text) => toNumber(parseDecimal(text) ?? 0n)) as [number, number, number, number];
  if (whole <= 0) return { before: 0, saved: 0 };
  return { before: clamp((bill - left - saved) / whole), saved: clamp(saved / whole) };
}

export type Unjudged = Readonly<{ text: string; targets: readonly string[] }>;

/** Each reason once, with everything that it is about. */
export function viewUnjudged({ missing }: Pick<BillPlan, 'missing'>): readonly Unjudged[] {
  const byReason = new Map<string, string[]>();
  for (const { lever, target, reason } of missing) {
    const text = asSentence(lever === 'all' ? reason : `${leverName(lever)}: ${reason}`);
    byReason.set(text, [...(byReason.get(text) ?? []), ...(target === null ? [] : [target])]);
  }
  return [...byReason].map(([text, targets]) => ({ text, targets }));
}

export function viewPlanCards(plan: BillPlan): readonly Card[] {
  const money = (text: string): string => formatMoney(text, plan.currency, 0);
  const { bill, planSaving, billAfter, currency } = plan;
  const share = fractionOf(parseDecimal(planSaving.expected) ?? 0n, parseDecimal(bill.total) ?? 0n);
  const plain = { isEstimate: true, aside: null, tone: 'plain' } as const;
  const line = (text: string) => ({ text, direction: null, isGap: false });
  return [
    {
      ...plain,
      title: plan.growth === null ? 'A month today' : 'The month ahead',
      value: money(bill.total),
      exact: exactMoney(bill.total, currency),
      lines: [
        line(`${money(bill.gpu)} GPU time`),
        line(`${money(bill.api)} calls of model APIs`),
        ...growthLines(plan, money).map(line),
      ],
    },
    {
      ...plain,
      title: 'The plan saves',
      value: money(planSaving.expected),
      exact: exactMoney(planSaving.expected, currency),
      aside: formatPercent(share),
      lines: [line(`${money(planSaving.low)} to ${money(planSaving.high)} in history resampled`)],
    },
    {
      ...plain,
      title: 'A month after it',
      value: money(billAfter),
      exact: exactMoney(billAfter, currency),
      lines: [line(`${countOf(plan.rows.length, 'change')}, no hour counted twice`)],
    },
    {
      ...plain,
      isEstimate: false,
      title: 'Weighed',
      value: formatCount(plan.weighed),
      exact: `${plan.weighed} plans`,
      lines: [line('plans against each other'), line(`${countOf(plan.leftOut.length, 'lever')} left out`)],
    },
  ];
}

function growthLines({ growth }: BillPlan, money: (text: string) => string): string[] {
  if (growth === null) return [];
  const percent = `${growth.percentPerMonth.toFixed(1)} % a month`.replace('-', '−');
  return [`${money(growth.billBefore)} today, and ${percent}`];
}

/** Percent as the server sends it, 0 to 100. */
export function percentText(percent: number | null): string {
  return percent === null ? UNKNOWN : formatPercent(percent / 100, 1);
}

export const COMMITMENT_COLUMNS = [
  ['claimed', 'Claimed', 'by the level of the first two thirds of the period, on these'],
  ['realised', 'Backtested', 'by the same level, on the rest'],
  ['oracle', 'Oracle', 'by the best level for the rest'],
] as const;

export function commitmentShare(
  { backtest }: CommitmentFigures,
  column: (typeof COMMITMENT_COLUMNS)[number][0],
): string {
  return percentText(
    { claimed: backtest.claimedPercent, realised: backtest.realisedPercent, oracle: backtest.oraclePercent }[
      column
    ],
  );
}

function clamp(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}
