import type { HolderHour, RunSpan } from '../../domain/levers/holder-hour.ts';
import { DEFAULT_GRACE_HOURS, findIdleCauses, type HourCauses } from '../../domain/levers/idle-causes.ts';
import type { Proposal } from '../../domain/levers/proposal.ts';
import { DEFAULT_RESTART_MINUTES, proposeReclaim } from '../../domain/levers/reclaim.ts';
import { proposeRelease } from '../../domain/levers/release.ts';
import { DEFAULT_SCALE_TO_ZERO, proposeScaleToZero } from '../../domain/levers/scale-to-zero.ts';
import { proposeShare } from '../../domain/levers/share.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { Store } from '../../ports/store.ts';

export type ExplainedHours = Readonly<{
  hours: readonly HolderHour[];
  causes: readonly HourCauses[];
  runs: readonly RunSpan[];
}>;

/**
 * The window hour by hour, each with why it did nothing. Who asks for the same while it is being read gets the same: a page shows levers
 * and idle time at once.
 */
export function readExplainedHours(store: Store, window: TimeWindow): Promise<ExplainedHours> {
  const reading = beingRead.get(store) ?? new Map<string, Promise<ExplainedHours>>();
  beingRead.set(store, reading);
  const key = `${window.fromMs}/${window.toMs}`;
  const started = reading.get(key);
  if (started) return started;
  const hours = explainHours(store, window).finally(() => reading.delete(key));
  reading.set(key, hours);
  return hours;
}

const beingRead = new WeakMap<Store, Map<string, Promise<ExplainedHours>>>();

async function explainHours(store: Store, window: TimeWindow): Promise<ExplainedHours> {
  const [hours, runs] = await Promise.all([store.holderHours(window), store.runSpans(window)]);
  return {
    hours,
    runs,
    causes: findIdleCauses(hours, runs, { window, graceHours: DEFAULT_GRACE_HOURS }),
  };
}

/** What every lever proposes, each as if it were the only one. */
export async function proposeLevers(
  store: Store,
  window: TimeWindow,
  { hours, causes }: ExplainedHours,
): Promise<Proposal[]> {
  const endpoints = idsOf(hours, ({ kind }) => kind === 'inference');
  const sharers = idsOf(hours, ({ kind }) => kind !== 'none' && kind !== 'training');
  const [slots, profiles] = await Promise.all([
    store.activeSlots(window, endpoints, DEFAULT_SCALE_TO_ZERO.slotSeconds * 1_000),
    store.usageProfiles(window, sharers),
  ]);
  return [
    ...proposeReclaim(hours, causes, {
      firstHourMs: window.fromMs,
      graceHours: DEFAULT_GRACE_HOURS,
      restartMinutes: DEFAULT_RESTART_MINUTES,
    }),
    ...proposeScaleToZero(hours, causes, slots),
    ...proposeShare(hours, profiles),
    ...proposeRelease(hours, causes),
  ];
}

function idsOf(hours: readonly HolderHour[], isWanted: (hour: HolderHour) => boolean): string[] {
  return [...new Set(hours.filter(isWanted).map(({ workloadId }) => workloadId))].filter((id) => id !== '');
}
