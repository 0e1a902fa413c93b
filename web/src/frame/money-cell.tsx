import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { Figure } from './figure.tsx';

type MoneyProps = Readonly<{
  amount: string | null;
  currency: string;
  isEstimate?: boolean;
  /** A part of it has no price, and is missing. */
  isPartly?: boolean;
  note?: string | null;
}>;

/** A cell with an amount in cents, and every digit on hover. */
export function Money({ amount, currency, isEstimate = false, isPartly = false, note = null }: MoneyProps) {
  return (
    <td className="number">
      {amount === null ? (
        UNKNOWN
      ) : (
        <Figure
          text={formatMoney(amount, currency, 2)}
          exact={exactMoney(amount, currency)}
          isEstimate={isEstimate}
        />
      )}
      {isPartly && <span className="cell-note unpriced">a part has no price</span>}
      {note && <span className="cell-note">{note}</span>}
    </td>
  );
}
