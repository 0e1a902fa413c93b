import type { Picos } from '../money/picos.ts';
import type { EpochMs, TimeWindow } from '../time/window.ts';

/** All lines of one commitment in one slot that say the same of it. */
export type CommitmentLine = Readonly<{
  slotMs: EpochMs;
  commitmentId: string;
  provider: string;
  region: string | null;
  /** `fee`: what was paid for it, as billed. `used` and `unused`: what of it was, amortised. */
  state: 'used' | 'unused' | 'fee';
  /** Set on used lines that bought GPU time. */
  gpuModel: string | null;
  name: string | null;
  type: string | null;
  category: 'Usage' | 'Spend' | null;
  costPicos: Picos;
  gpuTicks: bigint;
  /** 10⁻¹² of `unit`; `null` unless all lines state it. */
  quantityPicos: bigint | null;
  unit: string | null;
  /** Of a fee that was paid ahead for longer than a month: what it was paid for. */
  term: TimeWindow | null;
}>;
