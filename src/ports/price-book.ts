import type { PriceKey, Rate } from '../domain/pricing/price.ts';
import type { TimeWindow } from '../domain/time/window.ts';

/** Answers what a GPU-hour costs. Several books are asked in the order of trust; the first that knows wins, instant by instant. */
export interface PriceBook {
  readonly name: string;
  /**
   * The price segments that overlap the window, oldest first and without overlap; holes mean that the book does not know.
   * All amounts are in `currency`; a book with prices in another one has converted them by a stated rate or stays silent.
   */
  rates(key: PriceKey, window: TimeWindow, currency: string): readonly Rate[];
}
