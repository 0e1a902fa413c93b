import type { CallPrice, PricedCall } from '../domain/pricing/call-price.ts';

/** Answers what one call of a model API costs. */
export interface ModelPriceBook {
  /**
   * The price in `currency`. Never a guess and never zero for want of one: what is not known comes back as `unpriced` with the reason.
   * The same call always has the same price under the same version of the data, which the reference names.
   */
  price(call: PricedCall, currency: string): CallPrice;
}

/** The published prices are a large file: whoever may need a price asks for the book when it does. */
export type LoadModelPrices = () => Promise<ModelPriceBook>;
