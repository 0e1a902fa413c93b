import { PICOS_PER_UNIT, type Picos } from '../../domain/money/picos.ts';

const CENT = PICOS_PER_UNIT / 100n;

/** Amounts as whole cents that add up to a total of whole cents: what is left over goes to those that lost most by rounding down. */
export function roundTogether(amounts: readonly Picos[], total: Picos): Picos[] {
  const rounded = amounts.map((amount) => (amount / CENT) * CENT);
  const left = Number((total - rounded.reduce((sum, amount) => sum + amount, 0n)) / CENT);
  const byLoss = [...amounts.keys()].sort((a, b) => {
    const [one, other] = [amounts[a]! % CENT, amounts[b]! % CENT];
    return one === other ? a - b : one > other ? -1 : 1;
  });
  for (const index of byLoss.slice(0, Math.max(0, left))) rounded[index] = rounded[index]! + CENT;
  return rounded;
}
