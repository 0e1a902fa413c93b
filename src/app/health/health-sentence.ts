import { grossOf } from '../../domain/ledger/buckets.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import { parsePicos } from '../../domain/money/picos.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { totalPicos } from '../figures/ledger-figures.ts';
import { moneySentence, percent } from '../figures/money-sentence.ts';
import { windowName } from '../figures/window-name.ts';
import type { HealthReport } from '../results/health.ts';

export type SentenceFacts = Pick<
  HealthReport,
  'currency' | 'reconciliation' | 'coverage' | 'billExplained' | 'problems'
> &
  Readonly<{ window: TimeWindow; extent: TimeWindow | null; total: LedgerAggregate }>;

/** Whether the numbers can be trusted, in one breath. The same sentence on every door. */
export function healthSentence(facts: SentenceFacts): string {
  const { window, currency, extent, total, reconciliation, problems } = facts;
  if (grossOf(total.ticks) === 0n && totalPicos(total) === 0n) {
    return moneySentence({ window, currency, total, extent });
  }
  const failing = problems.filter(({ status }) => status === 'failing').length;
  const answer =
    failing > 0
      ? `${failing === 1 ? 'One thing is' : `${failing} things are`} wrong with these numbers`
      : problems.length > 0
        ? `These numbers can be trusted as far as they reach, with ${problems.length === 1 ? 'one thing' : `${problems.length} things`} to look at`
        : 'These numbers can be trusted';
  return `${windowName(window)}: ${answer}. ${billPart(currency, reconciliation)} ${coveragePart(facts)}`;
}

function billPart(currency: string, { bill, difference }: HealthReport['reconciliation']): string {
  const [billed, off] = [bill, difference].map((text) => parsePicos(text)!.picos) as [bigint, bigint];
  if (billed === 0n && off === 0n) return 'No bill covers any of it.';
  const amount = displayMoney(billed, currency);
  return off === 0n
    ? `The ledger holds the ${amount} of the bill to the last digit.`
    : `The ledger and the bill of ${amount} differ by ${displayMoney(off, currency)}.`;
}

function coveragePart({ billExplained, coverage, total }: SentenceFacts): string {
  const parts = [
    ...(billExplained === null ? [] : [`a bill explains ${percent(billExplained)} of the cost`]),
    ...(grossOf(total.ticks) === 0n
      ? []
      : [`${percent(coverage.observed)} of the paid GPU-hours were observed`]),
  ];
  const text = parts.join(', and ');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
