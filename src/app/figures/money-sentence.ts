import { grossOf, tareOf } from '../../domain/ledger/buckets.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import { displayHours } from '../../domain/units/display-hours.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
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
  return `${name}: ${spent}, of which ${gpus} for GPUs. ${capitalised(percent(tareFraction(total)))} of that was tare.${unpricedPart(total)}`;
}

/** `53 %`, or words where the share is unknown. */
export function percent(value: number | null): string {
  return value === null ? 'an unknown share' : displayPercent(value);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function hoursSentence(name: string, currency: string, total: LedgerAggregate): string {
  const beside = totalPicos(total) - grossOf(total.cost);
  const charges = beside === 0n ? '' : ` Other charges: ${displayMoney(beside, currency)}.`;
  const tare = percent(fraction(tareOf(total.ticks), grossOf(total.ticks)));
  return `${name}: ${displayHours(grossOf(total.ticks))} GPU-hours, none of them with a price. ${capitalised(tare)} of them were tare.${charges}`;
}

function unpricedPart({ ticks, unpricedTicks }: LedgerAggregate): string {
  if (unpricedTicks === 0n) return '';
  const share = percent(fraction(unpricedTicks, grossOf(ticks)));
  return ` ${displayHours(unpricedTicks)} GPU-hours (${share}) have no price and are missing from it.`;
}

function reachOf(extent: TimeWindow | null): string {
  return extent === null
    ? 'Nothing was imported yet: tare import FILE --kind KIND, or tare demo.'
    : `The ledger reaches over ${windowName(extent)}.`;
}
