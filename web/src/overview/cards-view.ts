import type { Overview } from '../../../src/app/results/results.ts';
import { formatWindow } from '../format/dates.ts';
import { fractionOf, parseDecimal } from '../format/decimal.ts';
import {
  exactMoney,
  formatChange,
  formatDifference,
  formatMoney,
  moneyDecimals,
  UNKNOWN,
  UNPRICED,
} from '../format/money.ts';
import { formatChangePercent, formatGpuHours, formatPercent, hoursText } from '../format/quantity.ts';
import type { Card, CardLine } from '../frame/cards.tsx';
import { isEstimated, tareCost, unpricedShare } from '../ledger/figures.ts';

export function viewCards(overview: Overview): readonly Card[] {
  return [spentCard(overview), tareCard(overview), unitCostCard(overview), differenceCard(overview)];
}

function spentCard({ total, previous, currency }: Overview): Card {
  const spent = parseDecimal(total.totalCost);
  return {
    title: 'Spent',
    value: formatMoney(spent, currency, moneyDecimals(spent ?? 0n)),
    exact: exactMoney(total.totalCost, currency),
    isEstimate: isEstimated(total),
    aside: null,
    lines: [
      previous ? spentChange(spent, previous, currency) : line('no earlier window to compare with'),
      ...spentOn(total, currency),
    ],
    tone: 'plain',
  };
}

/** What was bought, and what is missing from the figure because no price is known for it. */
function spentOn(total: Overview['total'], currency: string): readonly CardLine[] {
  const beside = money(directAndShared(total), currency);
  const gap = {
    text: `? ${formatGpuHours(total.unpricedGpuHours)} unpriced, missing here`,
    direction: null,
    isGap: true,
  };
  const unpriced = unpricedShare(total);
  if (unpriced === 'all') return [gap, line(`${beside} beside GPUs`)];
  const bought = line(`${money(total.cost.gross, currency)} for GPUs, ${beside} beside them`);
  return unpriced === 'some' ? [bought, gap] : [bought];
}

function spentChange(
  spent: bigint | null,
  previous: NonNullable<Overview['previous']>,
  currency: string,
): CardLine {
  const before = parseDecimal(previous.totalCost);
  if (spent === null || before === null) return line('change unknown');
  const change = spent - before;
  const percent = before === 0n ? '' : ` (${formatChangePercent(fractionOf(change, before))})`;
  return {
    text: `${formatChange(change, currency, moneyDecimals(before))}${percent} on ${formatWindow(previous.from, previous.to)}`,
    direction: change > 0n ? 'up' : change < 0n ? 'down' : 'same',
    isGap: false,
  };
}

function tareCard({ total, previous, currency }: Overview): Card {
  const tare = tareCost(total);
  const isUnpriced = unpricedShare(total) === 'all';
  const hours = total.gpuHours.gross - total.gpuHours.productive;
  return {
    title: 'Tare',
    value: isUnpriced ? formatGpuHours(hours) : formatMoney(tare, currency, moneyDecimals(tare ?? 0n)),
    exact: isUnpriced ? 'no price is known for this GPU time' : exactMoney(tare, currency),
    isEstimate: !isUnpriced && isEstimated(total),
    aside: formatPercent(total.tareFraction),
    lines: [
      tareChange(total.tareFraction, previous?.tareFraction ?? null),
      line(
        isUnpriced
          ? 'of the GPU-hours paid for did no useful work'
          : 'of the GPU money bought no useful work',
      ),
    ],
    tone: 'plain',
  };
}

function tareChange(now: number | null, before: number | null): CardLine {
  if (now === null || before === null) return line('no earlier share to compare with');
  const points = Math.round((now - before) * 1_000) / 10;
  const direction = points > 0 ? 'up' : points < 0 ? 'down' : 'same';
  const moved = direction === 'same' ? 'unchanged' : `${Math.abs(points).toFixed(1)} points`;
  return { text: `${moved}, from ${formatPercent(before, 1)}`, direction, isGap: false };
}

function unitCostCard({ unitCost, currency, total }: Overview): Card {
  const isUnpriced = unpricedShare(total) === 'all';
  const paid = isUnpriced ? UNPRICED : formatMoney(unitCost.perPaidGpuHour, currency, 2);
  return {
    title: 'Per productive GPU-hour',
    value: isUnpriced ? UNPRICED : formatMoney(unitCost.perProductiveGpuHour, currency, 2),
    exact: exactMoney(unitCost.perProductiveGpuHour, currency),
    isEstimate: !isUnpriced && unitCost.perProductiveGpuHour !== null && isEstimated(total),
    aside: null,
    lines: [
      line(`${paid} per paid GPU-hour`),
      line(
        `${formatGpuHours(total.gpuHours.gross)} paid, ${hoursText(total.gpuHours.productive)} productive`,
      ),
    ],
    tone: 'plain',
  };
}

function differenceCard({ health, currency }: Overview): Card {
  const { reconciliation } = health;
  const bill = parseDecimal(reconciliation.bill);
  const difference = parseDecimal(reconciliation.difference);
  const hasBill = bill !== null && bill !== 0n;
  const estimated = parseDecimal(reconciliation.estimated);
  return {
    title: 'Difference to the bill',
    value: hasBill || difference !== 0n ? formatDifference(difference, currency) : UNKNOWN,
    exact: exactMoney(reconciliation.difference, currency),
    isEstimate: false,
    aside: null,
    lines: [
      line(differenceMeaning(hasBill, difference, money(reconciliation.bill, currency))),
      line(
        estimated === 0n
          ? 'nothing rests on estimates'
          : `~ ${money(reconciliation.estimated, currency)} still estimated`,
      ),
    ],
    tone: difference !== null && difference !== 0n ? 'alarm' : 'plain',
  };
}

function differenceMeaning(hasBill: boolean, difference: bigint | null, bill: string): string {
  if (difference === null) return 'the bill could not be compared';
  if (difference !== 0n) return `the ledger disagrees with a bill of ${bill}`;
  return hasBill ? `the ledger agrees with a bill of ${bill}` : 'no bill covers this window yet';
}

function directAndShared(total: Overview['total']): bigint | null {
  const direct = parseDecimal(total.direct);
  const shared = parseDecimal(total.shared);
  return direct === null || shared === null ? null : direct + shared;
}

function money(amount: string | bigint | null, currency: string): string {
  const picos = typeof amount === 'bigint' ? amount : parseDecimal(amount);
  return formatMoney(picos, currency, moneyDecimals(picos ?? 0n));
}

function line(text: string): CardLine {
  return { text, direction: null, isGap: false };
}
