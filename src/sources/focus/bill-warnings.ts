import type { Warning } from '../../ports/source.ts';

/** What is read by a rule rather than as it stands, and counted. `docs/guides/bills.md` explains each. */
const MESSAGES = {
  'us-dates':
    'dates such as 5/1/25 were read as month/day/year; state --set dates=day-first if they are day/month/year, or --set dates=month-first to confirm',
  'hour-overflow':
    'instants with an hour past 24 (2023-02-01T30:00:00Z) were read as running into the next day',
  'empty-period':
    'charges whose period ends where it starts were given that day, or the rest of the hour if they start within a day',
  'billing-period-derived': 'charges without a billing period were put into the month in which they start',
  'charge-period-derived': 'charges without a charge period were spread over their billing period',
  'currency-missing': "charges that name no currency were read in the ledger's",
  converted: 'charges in another currency were converted by the stated rate',
  'rounded-to-picos': 'amounts with more than twelve decimals were rounded to twelve, half to even',
  'effective-cost-missing': 'charges without an EffectiveCost: the ledger counts their BilledCost',
  'list-cost-zero':
    'Azure charges with a ListCost or ContractedCost of 0 and a cost (reservations, Marketplace): the list price is unknown, not 0',
  'quantity-unreadable':
    'quantities that are no decimal: the money was taken, GPU time cannot be told for these charges',
  'tags-unreadable': 'tags that are neither JSON nor key and value pairs were left out; the money was taken',
  'provider-missing': 'charges that name no provider are listed under `unknown`',
  'duplicate-column': 'columns that stand in the file twice: the first one was read',
} as const;

export type BillWarningCode = keyof typeof MESSAGES;

/** Counts what was read by a rule. What a row was counted for is kept when the row is, so that rejected rows warn of nothing. */
export class BillWarnings {
  readonly #counts = new Map<BillWarningCode, number>();
  readonly #others: Warning[] = [];
  #ofThisRow: BillWarningCode[] = [];

  count(code: BillWarningCode): void {
    this.#ofThisRow.push(code);
  }

  keep(): void {
    for (const code of this.#ofThisRow) this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    this.forget();
  }

  forget(): void {
    if (this.#ofThisRow.length > 0) this.#ofThisRow = [];
  }

  add(warning: Warning): void {
    if (warning.count > 0) this.#others.push(warning);
  }

  toArray(): Warning[] {
    const counted = [...this.#counts].map(([code, count]) => ({ code, message: MESSAGES[code], count }));
    return [...this.#others, ...counted];
  }
}
