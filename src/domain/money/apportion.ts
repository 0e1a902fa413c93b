/**
 * Splits a whole over non-negative weights so that the parts add up to the whole to the last digit.
 *
 * Part i is `⌊whole × W(i) ÷ W⌋ − ⌊whole × W(i−1) ÷ W⌋`, where W(i) is the running sum of the weights: neighbouring
 * roundings cancel, and each part is within one unit of its exact share. The same formula runs in SQL as a running sum,
 * which is why it is preferred to largest remainders. The result depends on the order of the weights: give them sorted.
 *
 * With no weight at all nothing is handed out: every part is zero and the caller keeps the whole.
 */
export function apportion(whole: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return weights.map(() => 0n);

  let running = 0n;
  let handedOut = 0n;
  return weights.map((weight) => {
    running += weight;
    const upToHere = (whole * running) / total;
    const part = upToHere - handedOut;
    handedOut = upToHere;
    return part;
  });
}
