import { periodAround } from '../../domain/governance/budgets/budget.ts';
import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import { TareError } from '../errors.ts';
import { windowName } from '../figures/window-name.ts';

/** What a document is about, and how much of it is known. */
export type DocumentWindow = Readonly<{
  window: TimeWindow;
  /** Until when it is known. */
  asOfMs: EpochMs;
  /** What the ledger reaches. */
  ledger: TimeWindow;
}>;

/** The window that was asked for, or the last whole month that has data; before one is whole, the month that goes on. */
export function documentWindow(asked: TimeWindow | null, ledger: TimeWindow | null): DocumentWindow {
  if (ledger === null) {
    throw new TareError(
      'nothingToReport',
      'there is nothing to report: the ledger is empty',
      'import a bill or usage first (tare import FILE --kind KIND), or see tare demo',
    );
  }
  const window = asked ?? lastWholeMonth(ledger);
  if (window.fromMs >= ledger.toMs || window.toMs <= ledger.fromMs) {
    throw new TareError(
      'nothingToReport',
      `there is nothing to report of ${windowName(window)}`,
      `the ledger reaches over ${windowName(ledger)}: choose a window in it with --from and --to`,
    );
  }
  return { window, asOfMs: Math.min(window.toMs, ledger.toMs), ledger };
}

function lastWholeMonth(ledger: TimeWindow): TimeWindow {
  const newest = periodAround('monthly', ledger.toMs - 1);
  if (newest.toMs <= ledger.toMs) return newest;
  const before = periodAround('monthly', newest.fromMs - 1);
  return before.toMs > ledger.fromMs ? before : newest;
}

/** The month before a month that is over, as much time before anything else; of that what the ledger holds, if anything. */
export function comparedWindow({ window, asOfMs, ledger }: DocumentWindow): KnownWindow | null {
  const month = periodAround('monthly', window.fromMs);
  const isMonth = window.fromMs === month.fromMs && window.toMs === month.toMs && asOfMs === window.toMs;
  const whole = isMonth
    ? periodAround('monthly', window.fromMs - 1)
    : { fromMs: window.fromMs - (asOfMs - window.fromMs), toMs: window.fromMs };
  return knownPart(whole, ledger);
}

export type KnownWindow = TimeWindow & Readonly<{ whole: TimeWindow; isComplete: boolean }>;

function knownPart(whole: TimeWindow, ledger: TimeWindow): KnownWindow | null {
  const fromMs = Math.max(whole.fromMs, ledger.fromMs);
  const toMs = Math.min(whole.toMs, ledger.toMs);
  const isComplete = fromMs === whole.fromMs && toMs === whole.toMs;
  return fromMs < toMs ? { fromMs, toMs, whole, isComplete } : null;
}

const MOST_MONTHS = 12;

/** Calendar months up to the end of the window, oldest first, each cut to what is known of it. */
export function monthsUpTo({ window, asOfMs, ledger }: DocumentWindow): readonly KnownWindow[] {
  const months: KnownWindow[] = [];
  let month = periodAround('monthly', asOfMs - 1);
  while (months.length < MOST_MONTHS && month.toMs > ledger.fromMs) {
    const known = knownPart(month, { fromMs: ledger.fromMs, toMs: Math.min(asOfMs, window.toMs) });
    if (known) months.unshift(known);
    month = periodAround('monthly', month.fromMs - 1);
  }
  return months;
}
