import type { Attributes } from '../domain/facts/facts.ts';
import { taggedRun } from '../domain/facts/run-tags.ts';
import { type Owner, type OwnerRules, resolveOwner } from '../domain/ownership/owner.ts';
import { chooseRates } from '../domain/pricing/choose-rates.ts';
import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  formatDay,
  HOUR_MS,
  type TimeWindow,
} from '../domain/time/window.ts';
import type { Clock } from '../ports/clock.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { BuildCounts, Store } from '../ports/store.ts';
import { stopIfAborted, toTareError } from './errors.ts';
import { rollUpSamples } from './roll-up-samples.ts';
import type { Progress, TareSettings } from './tare.ts';

/** How much is built in one step: enough to keep the engine busy, little enough to stop between two of them and to bound its memory. */
const DAYS_PER_STEP = 14;

export type BuildParts = Readonly<{
  store: Store;
  /** In the order of trust. */
  priceBooks: readonly PriceBook[];
  settings: TareSettings;
  clock: Clock;
}>;

/**
 * Brings the ledger up to date: who owns, what it costs and how it is spread, then the hours that any of it or a new fact changed.
 * Each step is kept, so that a build that was stopped goes on where it was.
 */
export async function buildLedger(
  { store, priceBooks, settings, clock }: BuildParts,
  progress: Progress,
  signal: AbortSignal,
): Promise<BuildCounts> {
  try {
    await refreshOwners(store, settings);
    await refreshRates(store, priceBooks, settings, clock.nowMs());
    await store.saveSettings({
      currency: settings.currency,
      shared: settings.shared,
      maxHoldIntervals: settings.maxHoldIntervals,
    });
    const counts = await buildStale(store, clock.nowMs(), progress, signal);
    await store.refreshRuns();
    await rollUpSamples(store, settings.keepSamplesMs, clock.nowMs(), progress, signal);
    return counts;
  } catch (thrown) {
    throw toTareError(thrown);
  }
}

async function refreshOwners(store: Store, { owners }: TareSettings): Promise<void> {
  const sets = await store.attributeSets();
  await store.saveOwners(sets.map(({ id, attributes }) => ({ id, owner: ownerOf(owners, attributes) })));
}

/** A charge that names its run has an owner, whether or not a rule finds a team: it is spread over nobody else. */
function ownerOf(owners: OwnerRules, attributes: Attributes): Owner {
  const runId = taggedRun(attributes);
  const owner = resolveOwner(owners, attributes);
  return runId === null ? owner : { run: runId, ...owner };
}

async function refreshRates(
  store: Store,
  books: readonly PriceBook[],
  { currency }: TareSettings,
  nowMs: EpochMs,
): Promise<void> {
  const keys = await store.priceKeys();
  await store.saveRates(
    keys.map(({ key, window }) => {
      const years = wholeYears(window, nowMs);
      const known = books.map((book) => book.rates(key, years, currency));
      return { key, rates: chooseRates(known, years) };
    }),
  );
}

/** Rates end where their window ends; a window that grew by the hour would change every rate, and rebuild all it ever priced. */
function wholeYears({ fromMs, toMs }: TimeWindow, nowMs: EpochMs): TimeWindow {
  const yearOf = (at: number) => new Date(at).getUTCFullYear();
  return {
    fromMs: Date.UTC(yearOf(fromMs), 0),
    toMs: Date.UTC(yearOf(Math.min(toMs, Math.max(nowMs, fromMs))) + 1, 0),
  };
}

async function buildStale(
  store: Store,
  untilMs: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<BuildCounts> {
  const steps = (await store.staleWindows(untilMs)).flatMap(stepsOf);
  const total = steps.map(hoursIn).reduce((sum, hours) => sum + hours, 0);
  let [done, built] = [0, { hours: 0, rows: 0 }];
  for (const step of steps) {
    stopIfAborted(signal, `${done} of ${total} hours of the ledger are built`);
    progress({ task: `building ${formatDay(step.fromMs)}`, done, total, unit: 'hours' });
    const { hours, rows } = await store.buildHours(step, untilMs);
    built = { hours: built.hours + hours, rows: built.rows + rows };
    done += hoursIn(step);
  }
  if (total > 0) progress({ task: 'building the ledger', done, total, unit: 'hours' });
  return built;
}

/** Cut at midnights, so that a stopped build leaves whole days. */
function stepsOf({ fromMs, toMs }: TimeWindow): TimeWindow[] {
  const steps: TimeWindow[] = [];
  for (let start = fromMs; start < toMs; ) {
    const end = Math.min(toMs, floorToDay(start) + DAYS_PER_STEP * DAY_MS);
    steps.push({ fromMs: start, toMs: end });
    start = end;
  }
  return steps;
}

function hoursIn({ fromMs, toMs }: TimeWindow): number {
  return (toMs - fromMs) / HOUR_MS;
}
