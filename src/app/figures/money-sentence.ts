import { grossOf, tareOf } from '../../domain/ledger/buckets.ts';
import { displayMoney, groupThousands } from '../../domain/money/display-money.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { fraction } from './fraction.ts';
import { isUnpriced, tareFraction, totalPicos } from './ledger-figures.ts';
import { windowName } from './window-name.ts';

export type SentenceFacts = Readonly<{
  window: TimeWindow;
  currency: string;
  total: LedgerAggregate;
  /** What the ledger reaches, for the sentence that says that this window holds nothing. */
  extent: TimeWindow | null;
}>;

/** What the window cost and how much of it was tare, in one breath. The same sentence on every door. */
export function moneySentence({ window, currency, total, extent }: SentenceFacts): string {
  const name = windowName(window);
  const gross = grossOf(total.ticks);
  if (gross === 0n && totalPicos(total) === 0n) return `${name}: nothing is known. ${reachOf(extent)}`;
  if (gross === 0n) {
    return `${name}: ${displayMoney(totalPicos(total), currency)}, none of it for GPU time.`;
  }
  if (isUnpriced(total)) return hoursSentence(name, currency, total);
  const spent = displayMoney(totalPicos(total), currency);
  const gpus = displayMoney(grossOf(total.cost), currency);
  return `${name}: ${spent}, of which ${gpus} for GPUs. ${percent(tareFraction(total))} of that was tare.${unpricedPart(total)}`;
}

/** `53 %`; less than half a percent is not none, and more than 99.5 is not all. */
export function percent(value: number | null): string {
  if (value === null) return 'an unknown share';
  const rounded = Math.round(value * 100);
  if (rounded === 0 && value > 0) return 'under 1 %';
  if (rounded === 100 && value < 1) return 'over 99 %';
  return `${rounded} %`;
}

function hoursSentence(name: string, currency: string, total: LedgerAggregate): string {
  const beside = totalPicos(total) - grossOf(total.cost);
  const charges = beside === 0n ? '' : ` Other charges: ${displayMoney(beside, currency)}.`;
  const tare = percent(fraction(tareOf(total.ticks), grossOf(total.ticks)));
  return `${name}: ${hours(grossOf(total.ticks))} GPU-hours, none of them with a price. ${tare} of them were tare.${charges}`;
}

function unpricedPart({ ticks, unpricedTicks }: LedgerAggregate): string {
  if (unpricedTicks === 0n) return '';
  const share = percent(fraction(unpricedTicks, grossOf(ticks)));
  return ` ${hours(unpricedTicks)} GPU-hours (${share}) have no price and are missing from it.`;
}

function hours(ticks: bigint): string {
  const value = ticksToHours(ticks);
  const [whole = '0', decimals] = value.toFixed(value >= 100 ? 0 : 2).split('.');
  return decimals === undefined ? groupThousands(whole) : `${whole}.${decimals}`;
}

function reachOf(extent: TimeWindow | null): string {
  return extent === null
    ? 'Nothing was imported yet: tare import FILE --kind KIND, or tare demo.'
    : `The ledger reaches over ${windowName(extent)}.`;
}
