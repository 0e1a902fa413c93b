import type { Lifecycle } from '../facts/facts.ts';
import type { Picos } from '../money/picos.ts';
import type { EpochMs } from '../time/window.ts';

/** What a price is looked up by. Every field but the GPU model may be unknown. */
export type PriceKey = Readonly<{
  provider: string | null;
  region: string | null;
  instanceType: string | null;
  gpuModel: string;
  lifecycle: Lifecycle;
  node: string | null;
  pool: string | null;
}>;

/** In order of trust. `bill` never comes from a price book: it is the charge itself. */
export type PriceSource = 'bill' | 'contract' | 'price_book' | 'ownership' | 'unpriced';

/** The price of one whole GPU for one hour from `fromMs` on, until the next segment starts. */
export type Rate = Readonly<{
  fromMs: EpochMs;
  toMs: EpochMs | null;
  perGpuHourPicos: Picos;
  source: Exclude<PriceSource, 'bill' | 'unpriced'>;
  /** Day of the price (`2026-10-01`), as its source states it. */
  priceDate: string;
  /** Where it can be checked: a catalogue row, a line of the contract file, the ownership formula. */
  reference: string;
}>;
