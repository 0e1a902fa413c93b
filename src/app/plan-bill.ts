import type { HeldCommitment } from '../domain/commitments/held-commitment.ts';
import { type BestPlan, bestPlan } from '../domain/levers/best-plan.ts';
import { commitLevel } from '../domain/levers/commit.ts';
import { growHours, grows } from '../domain/levers/grow-hours.ts';
import { grossPicos, type HolderHour } from '../domain/levers/holder-hour.ts';
import { type ModelEvidence, qualityState, savedShare } from '../domain/levers/model-levers.ts';
import { type Alone, composePlan, type PlanStep, savedAlone } from '../domain/levers/plan.ts';
import type { Residual } from '../domain/levers/plan-lever.ts';
import type { PricedProposal } from '../domain/levers/priced-proposal.ts';
import { displayAmount, displayMoney } from '../domain/money/display-money.ts';
import { divideHalfEven } from '../domain/money/divide-half-even.ts';
import {
  estimateToCents,
  formatPicos,
  PICOS_PER_UNIT,
  type Picos,
  picosToNumber,
  roundPicos,
} from '../domain/money/picos.ts';
import { coverageOfLevel } from '../domain/simulation/commitment/best-level.ts';
import { formatInstant, type TimeWindow } from '../domain/time/window.ts';
import { PPM, ticksToHours } from '../domain/units/gpu-time.ts';
import type { Store } from '../ports/store.ts';
import { readHeld } from './commitments/read-held.ts';
import { changeFiles } from './levers/change-files.ts';
import { missingEvidence } from './levers/missing-evidence.ts';
import { readExplainedHours } from './levers/read-levers.ts';
import { apiHours } from './plan/api-hours.ts';
import { type DecidedMarket, priceText } from './plan/commitment-markets.ts';
import { findExperiments } from './plan/find-experiments.ts';
import { planChangeFiles } from './plan/plan-change-files.ts';
import { type DecidedGrowth, decideGrowth } from './plan/plan-growth.ts';
import type { BeginStep } from './plan/plan-steps.ts';
import type { Market } from './plan/priced-evidence.ts';
import { type Candidate, type ProposedPlan, proposePlan, wholeOf } from './plan/propose-plan.ts';
import { findRenewals, type Renewals } from './plan/renewals.ts';
import { roundTogether } from './plan/round-together.ts';
import {
  assumptionsOfLifecycle,
  HOURS_PER_MONTH,
  LEAST_DAYS,
  periodOf,
  type Scale,
  scaleOf,
  sumTicks,
  toTexts,
} from './plan-savings.ts';
import type { ReportParts } from './report-ledger.ts';
import type {
  BillPlan,
  CommitmentFigures,
  Experiment,
  PlanLimits,
  PlanRow,
  Purchase,
} from './results/plan.ts';
import type { PlanRequest } from './tare.ts';

export type PlanParts = ReportParts & Readonly<{ market?: Market }>;

/** A change is work: what saves less than this in a month, or of its target, is not proposed. */
const LEAST_SAVING: Picos = 20n * PICOS_PER_UNIT;
const LEAST_PERCENT = 3n;

/** The best plan over all levers within limits: from the bill of the period to what would be left of it. */
export async function planBill(
  parts: PlanParts,
  request: PlanRequest,
  beginStep: BeginStep,
): Promise<BillPlan> {
  const { store, settings, market = null } = parts;
  const { window, seed, limits } = request;
  const { currency } = settings;
  await beginStep('reading the ledger');
  const explained = await readExplainedHours(store, window);
  const seen = [...explained.hours, ...(await apiHours(store, window))];
  const period = periodOf(seen, window);
  const isEnough = period.hours >= LEAST_DAYS * 24;
  const growth = isEnough ? await decideGrowth(parts, period, request.growth ?? null) : null;
  const hours = growth === null ? seen : growHours(seen, growth.factor);
  const held = isEnough ? await heldIn(parts, period) : [];
  const proposed = isEnough
    ? await proposePlan(store, market, explained, hours, {
        ...request,
        period,
        currency,
        maxCommittedPercent: limits.maxCommittedPercent,
        held,
        growth,
        beginStep,
      })
    : NOTHING_PROPOSED;
  const scale = scaleOf(hours, period, seed);
  const whole = wholeOf(hours);
  await beginStep('replaying each change alone');
  // Some levers replay weeks of placements: each alone once.
  const alone = new Map(proposed.candidates.map((candidate) => [candidate, savedAlone(whole, candidate)]));
  const aloneOf = (candidate: Candidate) => alone.get(candidate)!;
  const worthwhile = proposed.candidates.filter((candidate) =>
    isWorthwhile(aloneOf(candidate).saved, candidate.scope, scale),
  );
  await beginStep('weighing plans against each other');
  const best = bestPlan(
    whole,
    worthwhile,
    (candidate) => limitOn(candidate, limits) === null,
    (candidate) => aloneOf(candidate).saved,
  );
  const bill = billOf(hours.slice(0, explained.hours.length), scale);
  const saved = roundTogether(
    best.steps.map(({ saved: picos }) => exactMonth(picos, period.hours)),
    scale.toMonth(best.saved),
  );
  const rows = rowsOf({
    best,
    saved,
    aloneOf,
    bill: bill.total,
    scale,
    currency,
    proposed,
    hours,
    seen,
    growth,
  });
  const expected = saved.reduce((sum, amount) => sum + amount, 0n);
  const planSaving = scale.rangeOf(
    'plan',
    best.steps.flatMap(({ moves }) => moves),
    expected,
  );
  await beginStep('finding what to measure first');
  const after = renewalsOf({ best, proposed, hours, held, period, limits, growth });
  return {
    currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    period: {
      from: formatInstant(period.fromMs),
      to: formatInstant(period.toMs),
      days: period.hours / 24,
      hoursPerMonth: HOURS_PER_MONTH,
    },
    sentence: sentenceOf(planSaving, bill.total, isEnough, currency, growth),
    growth: growth && growthFigures(growth, scaleOf(seen, period, seed), bill.total),
    bill: { gpu: formatPicos(bill.gpu), api: formatPicos(bill.api), total: formatPicos(bill.total) },
    rows,
    planSaving: toTexts(planSaving),
    billAfter: formatPicos(bill.total - expected),
    limits,
    leftOut: [...limitedOut(worthwhile, aloneOf, limits, scale), ...notTaken(best, aloneOf, scale)],
    experiments: [
      ...proposed.unproven.map((evidence) => experimentOf(evidence, hours, scale)),
      ...proposed.untried.flatMap((proposal) => trialOf(proposal, whole, scale)),
      ...(isEnough
        ? await findExperiments(store, { ...request, period, hours, toMonth: scale.toMonth })
        : []),
    ],
    commitments: proposed.commitments.markets.map((decided) =>
      commitmentFigures(decided, best, whole, hours),
    ),
    spend: proposed.commitments.spend,
    renewals: after.renewals,
    spendRenewals: after.spend,
    missing: [
      ...missingEvidence(explained, proposed.endpoints, isEnough, period.hours),
      ...proposed.missing,
      ...after.missing,
    ],
    weighed: best.weighed,
  };
}

/** What a plan begins with: hours of machines, and with those of APIs the whole bill, over what of the window has a ledger. */
export async function readBillHours(store: Store, window: TimeWindow) {
  const [machines, apis] = await Promise.all([store.holderHours(window), apiHours(store, window)]);
  const all = [...machines, ...apis];
  return { machines, all, period: periodOf(all, window) };
}

const NOTHING_PROPOSED: ProposedPlan = {
  offers: null,
  candidates: [],
  commitments: { markets: [], spend: [], missing: [] },
  unproven: [],
  untried: [],
  missing: [],
  endpoints: [],
};

async function heldIn(
  { store, settings, market }: PlanParts,
  period: TimeWindow,
): Promise<readonly HeldCommitment[]> {
  const { commitments } = await readHeld(
    { store, settings, hardware: market?.hardware ?? null },
    period,
    'hour',
  );
  return commitments;
}

type AfterParts = Readonly<{
  best: BestPlan<Candidate>;
  proposed: ProposedPlan;
  hours: readonly HolderHour[];
  held: readonly HeldCommitment[];
  period: TimeWindow;
  limits: PlanLimits;
  growth: DecidedGrowth | null;
}>;

/** What ends later, on what the plan leaves. Whoever wants no commitments is not told which ones to renew. */
function renewalsOf({ best, proposed, hours, held, period, limits, growth }: AfterParts): Renewals {
  const isWanted =
    !limits.exclude.includes('commit') && (limits.only.length === 0 || limits.only.includes('commit'));
  if (proposed.offers === null || held.length === 0 || !isWanted) return NO_RENEWALS;
  const others = best.steps
    .map(({ lever }) => lever)
    .filter(({ isTradeOff, stage, lever }) => (isTradeOff || stage === 'rate') && lever !== 'commit');
  return findRenewals({
    ...proposed.offers,
    hours,
    residual: composePlan(best.unpriced, others).residual,
    period,
    held,
    markets: proposed.commitments.markets,
    levelOf: (decided) => levelInPlan(decided, best, hours),
    maxCommittedPercent: limits.maxCommittedPercent,
    growthPerMonth: growth?.perMonth ?? 0,
  });
}

const NO_RENEWALS: Renewals = { renewals: [], spend: [], missing: [] };

function growthFigures(
  { source, perMonth, months, factor }: DecidedGrowth,
  before: Scale,
  bill: Picos,
): BillPlan['growth'] {
  const billBefore = before.toMonth(before.gross);
  return {
    percentPerMonth: 100 * perMonth,
    source,
    months,
    factor,
    billBefore: formatPicos(billBefore),
    adds: formatPicos(bill - billBefore),
  };
}

/** What saves little costs more attention than it is worth, and must not take anything from the others either. */
function isWorthwhile(saved: Picos, scope: readonly number[], scale: Scale): boolean {
  const saving = scale.toMonth(saved);
  return saving >= LEAST_SAVING && saving * 100n >= scale.costOf(scope) * LEAST_PERCENT;
}

/** Which limit forbids a lever; `null` where none does. */
function limitOn({ id, lever, needsQuality }: Candidate, limits: PlanLimits): string | null {
  const names = [id, lever];
  if (limits.noSpot && lever === 'spot') return 'no spot';
  if (limits.noQualityRisk && needsQuality) return 'no risk to quality';
  if (limits.exclude.some((one) => names.includes(one))) return 'excluded';
  if (limits.only.length > 0 && !limits.only.some((one) => names.includes(one))) return 'not asked for';
  return null;
}

function billOf(machines: readonly HolderHour[], scale: Scale) {
  const total = scale.toMonth(scale.gross);
  const gpu = scale.toMonth(machines.reduce((sum, hour) => sum + grossPicos(hour), 0n));
  return { gpu, api: total - gpu, total };
}

/** To the pico: cents are rounded for all rows together. */
export function exactMonth(picos: Picos, periodHours: number): Picos {
  return periodHours === 0 ? 0n : divideHalfEven(picos * BigInt(HOURS_PER_MONTH), BigInt(periodHours));
}

type RowParts = Readonly<{
  best: BestPlan<Candidate>;
  saved: readonly Picos[];
  aloneOf: (candidate: Candidate) => Alone;
  bill: Picos;
  scale: Scale;
  currency: string;
  proposed: ProposedPlan;
  hours: readonly HolderHour[];
  /** The same hours as they were, where the plan's demand grows. */
  seen: readonly HolderHour[];
  growth: DecidedGrowth | null;
}>;

function rowsOf(parts: RowParts): PlanRow[] {
  let left = parts.bill;
  return parts.best.steps.map((step, index) => {
    left -= parts.saved[index]!;
    return rowOf(parts, step, parts.saved[index]!, left);
  });
}

function rowOf(parts: RowParts, step: PlanStep<Candidate>, saved: Picos, billAfter: Picos): PlanRow {
  const { scale, currency, hours, seen } = parts;
  const { lever: candidate, takenBefore } = step;
  const { id, lever, stage, target, owner, scope, change } = candidate;
  const alone = parts.aloneOf(candidate);
  const targetCost = scale.costOf(scope);
  const expected = scale.toMonth(alone.saved);
  const purchase = purchaseOf(parts, candidate);
  return {
    id,
    lever,
    stage,
    target,
    owner,
    aloneSaving: toTexts(scale.rangeOf(id, alone.moves, expected, larger(targetCost, expected))),
    inPlanSaving: formatPicos(saved),
    billAfter: formatPicos(billAfter),
    targetCost: formatPicos(targetCost),
    note: noteOf(saved, expected, takenBefore, currency),
    risk: candidate.risk,
    needsQuality: candidate.needsQuality,
    evidence: {
      rows: candidate.rows,
      gpuHours: ticksToHours(sumTicks(seen, scope)),
      facts: candidate.facts,
    },
    assumptions: [
      ...candidate.assumptions,
      ...assumptionsOfLifecycle(hours, alone.moves),
      ...assumptionOfGrowth(parts, scope),
    ],
    action:
      purchase === null
        ? candidate.action
        : `${candidate.action}: ${purchase.units} GPUs for ${purchase.term}`,
    changes:
      change.of === 'runtime'
        ? changeFiles(change.change, { lever, target })
        : change.change === null
          ? []
          : planChangeFiles(change.change),
    purchase,
  };
}

function assumptionOfGrowth({ growth, seen }: RowParts, scope: readonly number[]): string[] {
  if (growth === null || growth.perMonth === 0 || !scope.some((index) => grows(seen[index]!))) return [];
  return [
    `it rests on demand that ${growthText(growth)}: ${growth.factor.toFixed(3)} times that of the period, in the month after it`,
  ];
}

function growthText({ perMonth, source }: DecidedGrowth): string {
  const percent = `${Math.abs(100 * perMonth).toFixed(1)} % a month`;
  const by = source === 'history' ? ', as it did before' : ', as stated';
  return `${perMonth < 0 ? 'falls' : 'grows'} by ${percent}${by}`;
}

export function larger(a: Picos, b: Picos): Picos {
  return a > b ? a : b;
}

function noteOf(saved: Picos, alone: Picos, takenBefore: readonly string[], currency: string): string | null {
  if (saved === alone || takenBefore.length === 0) return null;
  if (saved < LEAST_SAVING) return `hardly worth its work after ${takenBefore.join(', ')}`;
  return saved < alone
    ? `${displayMoney(alone - saved, currency)} already saved by ${takenBefore.join(', ')}`
    : `${displayMoney(saved - alone, currency)} more on what ${takenBefore.join(', ')} leave`;
}

/** A commitment in the plan as one would buy it: the level for what the steps before leave. */
function purchaseOf({ best, proposed, hours }: RowParts, { id }: Candidate): Purchase | null {
  const decided = proposed.commitments.markets.find(({ proposal }) => `commit/${proposal.target}` === id);
  if (decided === undefined) return null;
  const units = levelInPlan(decided, best, hours);
  const perMonth = decided.committedPerGpuHour * BigInt(units) * BigInt(HOURS_PER_MONTH);
  return {
    provider: decided.provider,
    gpuModel: decided.gpuModel,
    units,
    term: decided.term,
    perGpuHour: priceText(decided.committedPerGpuHour),
    onDemandPerGpuHour: priceText(decided.onDemandPerGpuHour),
    perMonth: formatPicos(roundPicos(perMonth, 2)),
  };
}

function levelInPlan(
  { market, proposal }: DecidedMarket,
  { steps, unpriced }: BestPlan<Candidate>,
  hours: readonly HolderHour[],
): number {
  const own = steps.findIndex(({ lever }) => lever.id === `commit/${proposal.target}`);
  if (own < 0) return 0;
  const before = steps
    .slice(0, own)
    .map(({ lever }) => lever)
    .filter(({ isTradeOff, stage }) => isTradeOff || stage === 'rate');
  return commitLevel(hours, market, composePlan(unpriced, before).residual);
}

function commitmentFigures(
  decided: DecidedMarket,
  best: BestPlan<Candidate>,
  whole: Residual,
  hours: readonly HolderHour[],
): CommitmentFigures {
  const { simulation, held, demand } = decided;
  const level = levelInPlan(decided, best, hours);
  const covered = coverageOfLevel(demand, level);
  const mean = demand.reduce((sum, amount) => sum + amount, 0) / demand.length;
  const percent = (part: bigint, all: bigint) => (all === 0n ? null : (100 * Number(part)) / Number(all));
  return {
    provider: decided.provider,
    gpuModel: decided.gpuModel,
    term: decided.term,
    rate: decided.rate,
    perGpuHour: priceText(decided.committedPerGpuHour),
    onDemandPerGpuHour: priceText(decided.onDemandPerGpuHour),
    meanGpus: mean,
    level,
    levelAlone: commitLevel(hours, decided.market, whole),
    backtest: {
      level: simulation.level,
      claimedPercent: simulation.claimedSavingsPercent,
      realisedPercent: simulation.realisedSavingsPercent,
      oraclePercent: simulation.oracleSavingsPercent,
      oracleLevel: simulation.oracleLevel,
      kept: decided.kept,
      hoursBelowLevelPercent: simulation.risk.hoursBelowLevelPercent,
      weeksAtALossPercent: simulation.risk.weeksAtALossPercent,
      hoursUnusedPercent: simulation.risk.testHoursBelowLevelPercent,
      costUnusedPercent: simulation.risk.testUnusedPercent,
    },
    unusedPerMonth: unusedPerMonth(decided, level),
    stack: simulation.stack,
    coveragePercent: covered === null ? null : 100 * covered,
    held: {
      gpuHours: ticksToHours(held.ticks),
      usePercent: percent(held.usedTicks, held.ticks),
      coveragePercent: percent(held.ticks, held.allTicks),
    },
  };
}

/** What is paid for the level and not used, on the demand that the other levers start from. */
function unusedPerMonth({ demand, committedPerGpuHour }: DecidedMarket, level: number): string {
  const unused = demand.reduce((sum, gpus) => sum + Math.max(0, level - gpus), 0);
  const perHour = demand.length === 0 ? 0 : unused / demand.length;
  return estimateToCents(perHour * HOURS_PER_MONTH * picosToNumber(committedPerGpuHour));
}

function limitedOut(
  candidates: readonly Candidate[],
  aloneOf: RowParts['aloneOf'],
  limits: PlanLimits,
  scale: Scale,
): BillPlan['leftOut'] {
  return candidates.flatMap((candidate) => {
    const limit = limitOn(candidate, limits);
    if (limit === null) return [];
    const { id, lever, target } = candidate;
    return [
      { id, lever, target, aloneSaving: formatPicos(scale.toMonth(aloneOf(candidate).saved)), reason: limit },
    ];
  });
}

const REASONS = {
  'more-without': 'the plan saves more without it: what comes after it is worth more on the same hours',
  'nothing-left': 'the others leave nothing for it',
  'too-many': 'too small to be weighed against the larger ones of its market',
} as const;

function notTaken(
  { leftOut }: BestPlan<Candidate>,
  aloneOf: RowParts['aloneOf'],
  scale: Scale,
): BillPlan['leftOut'] {
  return leftOut.map(({ lever: candidate, reason }) => ({
    id: candidate.id,
    lever: candidate.lever,
    target: candidate.target,
    aloneSaving: formatPicos(scale.toMonth(aloneOf(candidate).saved)),
    reason: REASONS[reason],
  }));
}

function experimentOf(evidence: ModelEvidence, hours: readonly HolderHour[], scale: Scale): Experiment {
  const { lever, endpoint, qualityBefore, qualityAfter, tolerance } = evidence;
  const scope = [...hours.keys()].filter((index) => hours[index]!.workload === endpoint);
  const ppm = BigInt(Math.round(savedShare(evidence) * PPM));
  const saved = scope.reduce((sum, index) => sum + (grossPicos(hours[index]!) * ppm) / BigInt(PPM), 0n);
  return {
    lever,
    target: endpoint,
    mightSave: formatPicos(scale.toMonth(saved)),
    toMeasure:
      qualityState(evidence) === 'too-low'
        ? `quality fell from ${qualityBefore} to ${qualityAfter}, more than the ${100 * tolerance} % that may be lost: change it and measure again`
        : 'score the same requests with and without it, on a part of the traffic; then state both means as evidence',
  };
}

/** What is too small to be proposed is too small to be tried. */
function trialOf({ lever, target, scope, replay, toMeasure }: PricedProposal, whole: Residual, scale: Scale) {
  const { saved } = savedAlone(whole, { ...ALONE, id: target, lever, target, scope, replay });
  if (!isWorthwhile(saved, scope, scale)) return [];
  return [{ lever, target, mightSave: formatPicos(scale.toMonth(saved)), toMeasure: toMeasure! }];
}

const ALONE = { stage: 'infrastructure', isTradeOff: true, markets: [] } as const;

function sentenceOf(
  { low, expected, high }: Readonly<{ low: Picos; expected: Picos; high: Picos }>,
  bill: Picos,
  isEnough: boolean,
  currency: string,
  growth: DecidedGrowth | null,
): string {
  if (!isEnough) return `There is too little history to replay: ${LEAST_DAYS} days are needed.`;
  if (expected === 0n) return 'Nothing that was replayed would have saved enough to be worth a change.';
  const after = displayMoney(bill - expected, currency);
  return `From ${displayMoney(bill, currency)} a month to ${after}: the plan saves ${displayMoney(expected, currency)} (${displayAmount(low, 0)}–${displayAmount(high, 0)}).${growth === null || growth.perMonth === 0 ? '' : ` It rests on demand that ${growthText(growth)}.`}`;
}
