import { PICOS_PER_UNIT, type Picos, roundPicos } from './picos.ts';

const SIGNS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£' };
const CENTS = 2;

/** `$460,000.00`, `-€12.50`, `CHF 1,200.00`: for sentences. Rounded to cents, half to even. */
export function displayMoney(picos: Picos, currency: string): string {
  const sign = SIGNS[currency];
  const amount = displayAmount(picos);
  if (sign === undefined) return `${currency} ${amount}`;
  return amount.startsWith('-') ? `-${sign}${amount.slice(1)}` : `${sign}${amount}`;
}

/** `460,000.00`: for table cells, beside a currency that is stated once. */
export function displayAmount(picos: Picos, decimals: number = CENTS): string {
  const rounded = roundPicos(picos, decimals);
  const magnitude = rounded < 0n ? -rounded : rounded;
  const fraction = (magnitude % PICOS_PER_UNIT).toString().padStart(12, '0').slice(0, decimals);
  const whole = groupThousands((magnitude / PICOS_PER_UNIT).toString());
  return `${rounded < 0n ? '-' : ''}${whole}${decimals > 0 ? `.${fraction}` : ''}`;
}

/** `1204331` → `1,204,331`. */
export function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}
