import { quantileOf } from '../../domain/economics/spans.ts';
import type { QueueFact } from '../../domain/facts/facts.ts';
import { proposeBatch } from '../../domain/levers/batch.ts';
import { DEFAULT_BATCH } from '../../domain/levers/batch-options.ts';
import type { HolderHour, RunSpan } from '../../domain/levers/holder-hour.ts';
import { DEFAULT_GRACE_HOURS, findIdleCauses, type HourCauses } from '../../domain/levers/idle-causes.ts';
import { proposePack } from '../../domain/levers/pack.ts';
import type { HeldDevice } from '../../domain/levers/packed-nodes.ts';
import type { Proposal } from '../../domain/levers/proposal.ts';
import { proposeQuota } from '../../domain/levers/quota.ts';
import { DEFAULT_RESTART_MINUTES, proposeReclaim } from '../../domain/levers/reclaim.ts';
import { proposeRelease } from '../../domain/levers/release.ts';
import {
  type ActiveSlot,
  DEFAULT_SCALE_TO_ZERO,
  proposeScaleToZero,
} from '../../domain/levers/scale-to-zero.ts';
import { type ServedEndpoint, servedEndpoints } from '../../domain/levers/served-endpoint.ts';
import type { MeasuredLatency } from '../../domain/levers/served-hour.ts';
import { proposeShare, type UsageProfile } from '../../domain/levers/share.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { Store } from '../../ports/store.ts';

export type ExplainedHours = Readonly<{
  hours: readonly HolderHour[];
  causes: readonly HourCauses[];
  runs: readonly RunSpan[];
  queues: readonly QueueFact[];
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
  const [hours, runs, queues] = await Promise.all([
    store.holderHours(window),
    store.runSpans(window),
    store.queueSlots(window),
  ]);
  const causes = findIdleCauses(hours, runs, { window, graceHours: DEFAULT_GRACE_HOURS, queues });
  return { hours, causes, runs, queues };
}

/** What levers look at beside the hours. */
export type LeverEvidence = Readonly<{
  slots: readonly ActiveSlot[];
  profiles: readonly UsageProfile[];
  held: readonly HeldDevice[];
  endpoints: readonly ServedEndpoint[];
}>;

export async function readLeverEvidence(
  store: Store,
  window: TimeWindow,
  { hours }: ExplainedHours,
): Promise<LeverEvidence> {
  const serving = idsOf(hours, ({ kind }) => kind === 'inference');
  const sharers = idsOf(hours, ({ kind }) => kind !== 'none' && kind !== 'training');
  const [slots, profiles, held, served, latencies] = await Promise.all([
    store.activeSlots(window, serving, DEFAULT_SCALE_TO_ZERO.slotSeconds * 1_000),
    store.usageProfiles(window, sharers),
    store.heldDevices(window),
    store.servedHours(window),
    readLatencies(store, window),
  ]);
  return { slots, profiles, held, endpoints: servedEndpoints(hours, served, latencies) };
}

const MICROS_PER_MS = 1_000;

/** Of endpoints whose servers count it. */
export async function readLatencies(store: Store, window: TimeWindow): Promise<Map<string, MeasuredLatency>> {
  const byEndpoint = await store.latencies({ window, by: ['endpoint'] });
  return new Map(
    byEndpoint
      .filter(({ source, duration }) => source === 'counters' && duration.length > 0)
      .map(({ key, duration }) => {
        const ms = (fraction: number) => quantileOf(duration, fraction)!.estimate / MICROS_PER_MS;
        return [key['endpoint']!, { p95Ms: ms(0.95), p99Ms: ms(0.99) }];
      }),
  );
}

/** What every lever proposes, each as if it were the only one. */
export function proposeLevers(
  window: TimeWindow,
  { hours, causes, queues }: ExplainedHours,
  { slots, profiles, held, endpoints }: LeverEvidence,
  sloMs: ReadonlyMap<string, number>,
): Proposal[] {
  return [
    ...proposeReclaim(hours, causes, {
      firstHourMs: window.fromMs,
      graceHours: DEFAULT_GRACE_HOURS,
      restartMinutes: DEFAULT_RESTART_MINUTES,
    }),
    ...proposeScaleToZero(hours, causes, slots),
    ...proposeBatch(hours, endpoints, { ...DEFAULT_BATCH, sloMs }),
    ...proposeShare(hours, profiles),
    ...proposeQuota(hours, queues, window),
    ...proposePack(hours, causes, held),
    ...proposeRelease(hours, causes),
  ];
}

function idsOf(hours: readonly HolderHour[], isWanted: (hour: HolderHour) => boolean): string[] {
  return [...new Set(hours.filter(isWanted).map(({ workloadId }) => workloadId))].filter((id) => id !== '');
}
