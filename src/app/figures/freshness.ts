import { type EpochMs, formatInstant, HOUR_MS } from '../../domain/time/window.ts';
import type { Extent } from '../../ports/store.ts';
import type { CoverageReport } from '../results/results.ts';

type Freshness = CoverageReport['freshness'][number];

/**
 * Twice the usual interval of what is read again and again: the ledger's hour for usage, and for charges the day of a bill, which
 * arrives a day after the day it bills. Capacity and allocations are intervals that stay open for weeks, so that an old one is no
 * sign of trouble; they can only be missing.
 */
const LATE_AFTER_MS: Readonly<Partial<Record<Freshness['fact'], number>>> = {
  usage: 2 * HOUR_MS,
  charges: 72 * HOUR_MS,
};

/** The newest fact of each kind and its age; a fact from the future has age zero, and `tare doctor` speaks about clocks. */
export function freshness({ newest }: Extent, nowMs: EpochMs): Freshness[] {
  const entry = (fact: Freshness['fact'], newestMs: EpochMs | null): Freshness => ({
    fact,
    newest: newestMs === null ? null : formatInstant(newestMs),
    ageSeconds: newestMs === null ? null : Math.max(0, Math.round((nowMs - newestMs) / 1000)),
    state: stateOf(fact, newestMs, nowMs),
  });
  return [
    entry('usage', newest.usageMs),
    entry('capacity', newest.capacityMs),
    entry('allocations', newest.allocationMs),
    entry('charges', newest.chargeMs),
    // Many fleets serve nothing: these are told of where there are any.
    ...(newest.trafficMs === null ? [] : [entry('traffic', newest.trafficMs)]),
    ...(newest.requestMs === null ? [] : [entry('requests', newest.requestMs)]),
  ];
}

function stateOf(fact: Freshness['fact'], newestMs: EpochMs | null, nowMs: EpochMs): Freshness['state'] {
  if (newestMs === null) return 'missing';
  const limit = LATE_AFTER_MS[fact];
  return limit !== undefined && nowMs - newestMs > limit ? 'late' : 'current';
}
