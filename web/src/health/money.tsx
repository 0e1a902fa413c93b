import { exactMoney, formatMoney } from '../format/money.ts';
import { Figure } from '../frame/figure.tsx';

type MoneyProps = Readonly<{ amount: string | null; currency: string; isEstimate?: boolean }>;

/** To the cent, with every digit on hover. */
export function Money({ amount, currency, isEstimate = false }: MoneyProps) {
  return (
    <Figure
      text={formatMoney(amount, currency, 2)}
      exact={exactMoney(amount, currency)}
      isEstimate={isEstimate && amount !== null}
    />
  );
}
