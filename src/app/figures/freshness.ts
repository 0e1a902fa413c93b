import { type EpochMs, formatInstant } from '../../domain/time/window.ts';
import type { Extent } from '../../ports/store.ts';
import type { CoverageReport } from '../results/results.ts';

type Freshness = CoverageReport['freshness'][number];

/** The newest fact of each kind and its age; a fact from the future has age zero, and `tare doctor` speaks about clocks. */
export function freshness({ newest }: Extent, nowMs: EpochMs): Freshness[] {
  const entry = (fact: Freshness['fact'], newestMs: EpochMs | null): Freshness => ({
    fact,
    newest: newestMs === null ? null : formatInstant(newestMs),
    ageSeconds: newestMs === null ? null : Math.max(0, Math.round((nowMs - newestMs) / 1000)),
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
