import { PICOS_PER_UNIT } from '../../src/domain/money/picos.ts';
import type { PriceBook } from '../../src/ports/price-book.ts';

type Rate = ReturnType<PriceBook['rates']>[number];

/** A book that knows one price for every GPU: two units of the currency a GPU-hour, under contract, from the beginning of time. */
export function flatPrices(differs: Partial<Rate> = {}): PriceBook {
  const rate: Rate = {
    fromMs: 0,
    toMs: null,
    perGpuHourPicos: 2n * PICOS_PER_UNIT,
    source: 'contract',
    priceDate: '2026-01-01',
    reference: 'frame contract',
    ...differs,
  };
  return { name: 'flat', rates: () => [rate] };
}
