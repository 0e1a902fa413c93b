/** Round numbers of the axis only, so a short form loses nothing: `$12K`, `4K`. Without a currency they are no money. */
export function axisText(value: number, currency: string | null): string {
  const isMoney = currency !== null && /^[A-Za-z]{3}$/.test(currency);
  return new Intl.NumberFormat('en-US', {
    ...(isMoney && ({ style: 'currency', currency } as const)),
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  }).format(value);
}
