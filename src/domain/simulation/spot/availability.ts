/** What a record of spot availability says as a whole. */
export type Availability = Readonly<{
  ticks: number;
  availableTicks: number;
  /** How often capacity that was there was gone a tick later. */
  losses: number;
}>;

export function surveyAvailability(available: Uint8Array): Availability {
  let availableTicks = 0;
  let losses = 0;
  for (let tick = 0; tick < available.length; tick++) {
    if (available[tick] !== 1) continue;
    availableTicks += 1;
    if (tick + 1 < available.length && available[tick + 1] !== 1) losses += 1;
  }
  return { ticks: available.length, availableTicks, losses };
}

/** Available time ÷ losses, in milliseconds: the estimate that counts stretches without an end for what they are. `null` without a loss. */
export function meanTimeBetweenLossesMs(
  { availableTicks, losses }: Availability,
  gapMs: number,
): number | null {
  return losses === 0 ? null : (availableTicks * gapMs) / losses;
}
