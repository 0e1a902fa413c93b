import type { Basis } from '../domain/facts/facts.ts';
import type { PerBucket } from '../domain/ledger/buckets.ts';
import type { Picos } from '../domain/money/picos.ts';

/** One group of ledger rows. Days are `2026-10-14`, hours ISO instants; a dimension that does not apply is `none`. */
export type LedgerAggregate = Readonly<{
  key: Readonly<Record<string, string>>;
  ticks: PerBucket<bigint>;
  cost: PerBucket<Picos>;
  directPicos: Picos;
  sharedPicos: Picos;
  /** GPU time that no price was known for; its cost is missing from `cost`, not zero in it. */
  unpricedTicks: bigint;
  /** Held and measured GPU time by the measure it rests on. */
  basisTicks: Readonly<Record<Exclude<Basis, 'none'>, bigint>>;
  /** GPU time whose device contradicted itself (inside `unobserved` when held, `unallocated` when not). */
  contradictoryTicks: bigint;
  /** What the rows now priced by the bill were estimated at before it came; zero where there was no estimate. */
  estimateOfBilledPicos: Picos;
  /** Billed less estimated, over the rows that have both; rows that never had an estimate have nothing to be compared with. */
  trueUpPicos: Picos;
  /** Cost of the rows that rest on an estimate (anything but the bill). */
  estimatedPicos: Picos;
}>;
