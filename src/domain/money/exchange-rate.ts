import { PICOS_PER_UNIT, type Picos, parsePicos } from './picos.ts';

/**
 * What one unit of `from` is in `to`, scaled like money (1 is `PICOS_PER_UNIT`).
 *
 * `ratesIntoLedger` are the stated rates, `{ EUR: '1.08' }`; they lead into the ledger's currency, so a rate is found only for
 * that one. `undefined` when no rate was stated: a price in another currency is then not known, rather than wrong.
 */
export function exchangeRate(
  from: string,
  to: string,
  ratesIntoLedger: Readonly<Record<string, string>>,
): Picos | undefined {
  if (from === to) return PICOS_PER_UNIT;
  const stated = ratesIntoLedger[from];
  const parsed = stated === undefined ? undefined : parsePicos(stated);
  return parsed && parsed.picos > 0n ? parsed.picos : undefined;
}
