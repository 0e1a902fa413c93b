import type { Picos } from '../money/picos.ts';
import type { EpochMs } from '../time/window.ts';

/** One call of a model API, as far as its price depends on it. */
export type PricedCall = Readonly<{
  /** As the source spells it: `openai`, `aws.bedrock`, `vertex_ai`; `null` leaves it to the model's name. */
  provider: string | null;
  model: string;
  /** Prices change: a call has the price of its own time. */
  atMs: EpochMs;
  /** `null`, `default` and the like are the standard one; others are `batch`, `flex`, `priority`. */
  tier: string | null;
  usage: CallUsage;
}>;

/**
 * What was used, in the keys of the price data: `input_tokens` (all of them, cached ones included), `cache_read_tokens`,
 * `cache_write_1h_tokens`, `output_tokens`, `output_reasoning_tokens`, `web_searches`. A key that is absent was not reported.
 */
export type CallUsage = Readonly<Record<string, number>>;

export type CallPrice =
  | Readonly<{
      kind: 'priced';
      inputPicos: Picos;
      outputPicos: Picos;
      /** What is charged by neither direction: searches, requests. */
      otherPicos: Picos;
      totalPicos: Picos;
      /** Which price that was, with version and date: `openai/gpt-4o (genai-prices 0.1.8)`. */
      reference: string;
      /** The user has stated this price: it goes before what a gateway says that a call cost. */
      isAgreed: boolean;
      /** What had to be assumed, each as a sentence. */
      assumptions: readonly string[];
    }>
  | Readonly<{ kind: 'unpriced'; code: UnpricedCode; message: string }>;

export type UnpricedCode =
  | 'unknown-model'
  | 'unknown-tier'
  | 'missing-price'
  | 'usage-unknown'
  | 'usage-inconsistent'
  | 'currency-unknown';

export type PriceCall = (call: PricedCall, currency: string) => CallPrice;
