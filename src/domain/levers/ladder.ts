import { isHeldAt } from '../commitments/held-commitment.ts';
import { bestLevel, type HourlyDemand } from '../simulation/commitment/best-level.ts';
import type { EpochMs } from '../time/window.ts';

/** A commitment that is held, in GPUs of one kind, hour by hour of the period that is replayed. */
export type HeldGpus = Readonly<{
  name: string;
  fromMs: EpochMs | null;
  toMs: EpochMs | null;
  /** As it was: zero in hours in which it was not held. */
  was: HourlyDemand;
  /** As it is in hours like these while it is held. */
  gpus: HourlyDemand;
}>;

export type LadderParts = Readonly<{
  /** GPUs bought on demand and under commitments, in each hour: as they were… */
  committed: HourlyDemand;
  /** …and as the plan leaves them. */
  onDemandLeft: HourlyDemand;
  committedLeft: HourlyDemand;
  held: readonly HeldGpus[];
  /** Committed ÷ on-demand price. */
  rate: number;
  /** GPUs that the plan commits to now. */
  bought: number;
  nowMs: EpochMs;
  untilMs: EpochMs;
  /** Demand of the hours on demand at a time ÷ demand in the plan. */
  growthAt: (atMs: EpochMs) => number;
  /** Committed GPUs of a market, all together, for this much demand; for limits. */
  mostCommitted: (meanDemand: number) => number;
}>;

/** A moment at which something that is held ends or begins, and what is worth committing to from then on. */
export type LadderStep = Readonly<{
  atMs: EpochMs;
  ending: readonly string[];
  beginning: readonly string[];
  /** GPUs, on average, that are covered no longer. */
  freedGpus: number;
  /** To buy then, beside what was bought or was worth buying before. */
  units: number;
  /** What is above that, as unit-hours at the price on demand in the hours of the period: without buying, and with it. */
  withoutUnits: number;
  withUnits: number;
}>;

/**
 * What becomes of demand when commitments end, step by step. What a commitment held covers is demand again from the hour in which it ends; a
 * unit is bought then, and not before, since until then it would be paid for and not used. At each step as many are bought as the level
 * for what is still held says, less those that were bought before.
 */
export function climbLadder(parts: LadderParts): LadderStep[] {
  const { held, nowMs, untilMs, rate } = parts;
  const moments = new Set(
    held
      .flatMap(({ fromMs, toMs }) => [toMs, fromMs !== null && fromMs > nowMs ? fromMs : null])
      .filter((at): at is EpochMs => at !== null && at <= untilMs),
  );
  let bought = parts.bought;
  let before = leftInPeriod(parts);
  return [...moments]
    .sort((a, b) => a - b)
    .map((atMs) => {
      const left = demandAt(parts, atMs);
      // What is worth a commitment today already is no matter of what ends, whether the plan commits to it or may not.
      bought = Math.max(bought, bestLevel(before, rate));
      const cap = parts.mostCommitted(meanOf(allDemand(parts, atMs))) - meanOf(heldAt(parts, atMs)) - bought;
      const wanted = bestLevel(left, rate) - bought;
      const units = Math.max(0, Math.min(wanted, Math.floor(cap)));
      const step: LadderStep = {
        atMs,
        ending: held.filter(({ toMs }) => toMs === atMs).map(({ name }) => name),
        beginning: held.filter(({ fromMs }) => fromMs === atMs).map(({ name }) => name),
        freedGpus: Math.max(0, meanOf(left) - meanOf(before)),
        units,
        withoutUnits: above(left, bought),
        withUnits: above(left, bought + units) + rate * units * left.length,
      };
      bought += units;
      before = left;
      return step;
    });
}

/** On-demand GPUs that nothing held covers at a time, in hours like those of the period. */
export function demandAt(parts: LadderParts, atMs: EpochMs): HourlyDemand {
  const held = heldAt(parts, atMs);
  return allDemand(parts, atMs).map((demand, hour) => Math.max(0, demand - held[hour]!));
}

/** Room in what is held now, and that nothing of the period used: it covers hours on demand before anything is bought. */
export function freeNow({ committed, held, nowMs }: Pick<LadderParts, 'committed' | 'held' | 'nowMs'>) {
  const holding = held.filter((one) => isHeldAt(one, nowMs));
  return committed.map((used, hour) =>
    Math.max(0, holding.reduce((sum, { gpus }) => sum + gpus[hour]!, 0) - used),
  );
}

/** As it is in the period itself, before anything has ended. */
function leftInPeriod(parts: LadderParts): HourlyDemand {
  const known = sumAt(parts, ({ was }) => was);
  const other = otherHeld(parts);
  return parts.onDemandLeft.map((demand, hour) =>
    Math.max(0, demand + parts.committedLeft[hour]! - known[hour]! - other[hour]!),
  );
}

function allDemand({ onDemandLeft, committedLeft, growthAt }: LadderParts, atMs: EpochMs): HourlyDemand {
  const growth = growthAt(atMs);
  return onDemandLeft.map((demand, hour) => demand * growth + committedLeft[hour]!);
}

/** Of what is known, and what runs as committed without that anybody knows under what: it is taken to stay. */
function heldAt(parts: LadderParts, atMs: EpochMs): HourlyDemand {
  const holding = new Set(parts.held.filter((one) => isHeldAt(one, atMs)));
  const known = sumAt(parts, (one) => (holding.has(one) ? one.gpus : null));
  const other = otherHeld(parts);
  return known.map((gpus, hour) => gpus + other[hour]!);
}

function otherHeld(parts: LadderParts): HourlyDemand {
  const known = sumAt(parts, ({ was }) => was);
  return parts.committed.map((used, hour) => Math.max(0, used - known[hour]!));
}

function sumAt(
  { held, committed }: LadderParts,
  seriesOf: (one: HeldGpus) => HourlyDemand | null,
): HourlyDemand {
  const sum = new Float64Array(committed.length);
  for (const one of held) {
    const series = seriesOf(one);
    if (series === null) continue;
    for (let hour = 0; hour < sum.length; hour++) sum[hour]! += series[hour]!;
  }
  return sum;
}

function above(demand: HourlyDemand, level: number): number {
  return demand.reduce((sum, amount) => sum + Math.max(0, amount - level), 0);
}

function meanOf(demand: HourlyDemand): number {
  return demand.length === 0 ? 0 : demand.reduce((sum, amount) => sum + amount, 0) / demand.length;
}
