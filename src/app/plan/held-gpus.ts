import { type HeldCommitment, type HeldSlot, isHeldAt } from '../../domain/commitments/held-commitment.ts';
import type { HeldGpus } from '../../domain/levers/ladder.ts';
import { providerName } from '../../domain/pricing/provider-name.ts';
import { HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';

/**
 * Commitments as GPUs of one kind at a provider, in each hour of the period. One to GPUs is as many as were bought; one to money is as many
 * as it was used for, since what of it was not used did not fit them.
 */
export function heldGpus(
  commitments: readonly HeldCommitment[],
  { provider, gpuModel }: Readonly<{ provider: string; gpuModel: string }>,
  { fromMs, toMs }: TimeWindow,
): HeldGpus[] {
  const hours = Math.round((toMs - fromMs) / HOUR_MS);
  return commitments.flatMap((one) => {
    if (providerName(one.provider) !== providerName(provider)) return [];
    if (one.gpuModel !== null && one.gpuModel !== gpuModel) return [];
    const was = new Float64Array(hours);
    const isHeld = new Uint8Array(hours);
    for (const slot of one.slots) {
      const hour = (slot.slotMs - fromMs) / HOUR_MS;
      if (hour < 0 || hour >= hours) continue;
      was[hour] = Number(ticksOf(one, slot, gpuModel)) / Number(TICKS_PER_GPU_HOUR);
      isHeld[hour] = 1;
    }
    const usual = one.gpus ?? meanOf(was, isHeld);
    if (usual === 0) return [];
    const gpus = was.map((known, hour) => (isHeld[hour] === 1 ? known : usual));
    const first = isHeld.indexOf(1);
    return [
      {
        name: one.name,
        fromMs: one.fromMs,
        toMs: one.toMs,
        // Bills come late: what is held and not billed yet is as much as usual.
        was: gpus.map((held, hour) =>
          isHeld[hour] === 1 || (isHeldAt(one, fromMs + hour * HOUR_MS) && isKnownThen(one, first, hour))
            ? held
            : 0,
        ),
        gpus,
      },
    ];
  });
}

/** Where nobody says when it began, it did not begin before the first line of a bill. */
function isKnownThen({ fromMs }: HeldCommitment, firstBilled: number, hour: number): boolean {
  return fromMs !== null || (firstBilled >= 0 && hour > firstBilled);
}

function ticksOf({ kind, gpuModel }: HeldCommitment, slot: HeldSlot, wanted: string): bigint {
  const isOfGpus = kind === 'resource' && gpuModel === wanted;
  return (isOfGpus ? slot.boughtTicks : null) ?? slot.usedTicks.get(wanted) ?? 0n;
}

function meanOf(gpus: Float64Array, isHeld: Uint8Array): number {
  let [sum, hours] = [0, 0];
  for (const [hour, held] of isHeld.entries()) {
    sum += held * gpus[hour]!;
    hours += held;
  }
  return hours === 0 ? 0 : sum / hours;
}
