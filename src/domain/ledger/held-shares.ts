import type { AllocationFact } from '../facts/facts.ts';
import { apportion } from '../money/apportion.ts';
import type { EpochMs } from '../time/window.ts';
import { PARTS_PER_GPU } from '../units/gpu-time.ts';

const S = BigInt(PARTS_PER_GPU);

export type HeldShare = { workloadId: string; share: bigint; isLost: boolean };

/** Who holds the device at an instant, in parts that add up to exactly the device; the empty name holds what is left. */
export function sharesAt(claims: readonly AllocationFact[], at: EpochMs, untilMs: EpochMs): HeldShare[] {
  const byWorkload = new Map<string, { parts: bigint; isLost: boolean }>();
  for (const claim of claims) {
    if (claim.startMs > at || at >= (claim.endMs ?? untilMs)) continue;
    const known = byWorkload.get(claim.workloadId);
    const isLost = claim.lostFromMs !== null && claim.lostFromMs <= at;
    const parts = BigInt(claim.shareParts);
    // Several claims of one workload (its containers, say) are one hold: the largest counts.
    byWorkload.set(claim.workloadId, {
      parts: known && known.parts > parts ? known.parts : parts,
      isLost: isLost || (known?.isLost ?? false),
    });
  }
  const holders = [...byWorkload].sort(([a], [b]) => (a < b ? -1 : 1));
  const claimed = holders.reduce((sum, [, { parts }]) => sum + parts, 0n);
  const shares =
    claimed > S
      ? apportion(
          S,
          holders.map(([, { parts }]) => parts),
        )
      : holders.map(([, { parts }]) => parts);
  const held = holders.map(([workloadId, { isLost }], index) => ({
    workloadId,
    share: shares[index]!,
    isLost,
  }));
  return claimed < S ? [{ workloadId: '', share: S - claimed, isLost: false }, ...held] : held;
}
