import type { HeldCommitment } from '../../domain/commitments/held-commitment.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { grossPicos, type HolderHour } from '../../domain/levers/holder-hour.ts';
import type { MarketPrices, PlaceOfHour } from '../../domain/levers/market.ts';
import { type ModelEvidence, modelProposal, qualityState } from '../../domain/levers/model-levers.ts';
import { type PlanLever, type Residual, stageOf } from '../../domain/levers/plan-lever.ts';
import type { PricedProposal } from '../../domain/levers/priced-proposal.ts';
import type { Change, Proposal } from '../../domain/levers/proposal.ts';
import { proposeRightSize } from '../../domain/levers/right-size.ts';
import type { ServedEndpoint } from '../../domain/levers/served-endpoint.ts';
import { proposeSpot } from '../../domain/levers/spot.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { Store } from '../../ports/store.ts';
import { type ExplainedHours, proposeLevers, readLeverEvidence } from '../levers/read-levers.ts';
import type { MissingEvidence } from '../results/levers.ts';
import { type DecidedCommitments, decideCommitments } from './commitment-markets.ts';
import type { DecidedGrowth } from './plan-growth.ts';
import type { BeginStep } from './plan-steps.ts';
import { type Market, readPricedEvidence, readRightSizeParts } from './priced-evidence.ts';

/** A lever that can be part of a plan, with what people are told of it. */
export type Candidate = PlanLever &
  Readonly<{
    owner: string;
    needsQuality: boolean;
    risk: Proposal['risk'];
    facts: readonly string[];
    assumptions: readonly string[];
    action: string;
    rows: number;
    change:
      | Readonly<{ of: 'runtime'; change: Change }>
      | Readonly<{ of: 'plan'; change: PricedProposal['change'] }>;
  }>;

export type ProposedPlan = Readonly<{
  /** Where the hours are and what is offered there; `null` where nothing is known of offers. */
  offers: Readonly<{ placeOf: PlaceOfHour; prices: MarketPrices }> | null;
  candidates: readonly Candidate[];
  commitments: DecidedCommitments;
  /** Model changes that nobody measured the quality of, or of which it was too low. */
  unproven: readonly ModelEvidence[];
  /** Changes of machines that rest on an estimate which reaches into a loss. */
  untried: readonly PricedProposal[];
  missing: readonly MissingEvidence[];
  /** What is known of endpoints, judged or not. */
  endpoints: readonly ServedEndpoint[];
}>;

export type ProposeRequest = Readonly<{
  window: TimeWindow;
  period: TimeWindow;
  currency: string;
  maxCommittedPercent: number | null;
  survivalPerYear: number;
  evidence: readonly ModelEvidence[];
  /** Latencies that endpoints promise, ms, by name. */
  sloMs: Readonly<Record<string, number>>;
  /** What is held already. */
  held: readonly HeldCommitment[];
  growth: DecidedGrowth | null;
  beginStep: BeginStep;
}>;

/**
 * Everything that could be changed, each as if it were the only change. `hours` are those of machines, then those of APIs, grown where the
 * plan's demand grows; `explained` is as it was, and so is what people are told was seen.
 */
export async function proposePlan(
  store: Store,
  market: Market | null,
  explained: ExplainedHours,
  hours: readonly HolderHour[],
  request: ProposeRequest,
): Promise<ProposedPlan> {
  const { window, evidence, beginStep } = request;
  await beginStep('replaying idle time, packing and batching');
  const ofMachines = hours.slice(0, explained.hours.length);
  const ofEndpoints = await readLeverEvidence(store, window, explained);
  const runtime = proposeRuntime(request, explained, ofMachines, ofEndpoints);
  const model = proposeModels(hours, evidence);
  const own = runtime.map((proposal) => runtimeCandidate(ofMachines, proposal));
  if (market === null) {
    const reason = 'no price list and no catalogue of GPUs are at hand';
    const missing = ['spot', 'commit', 'right-size'].map((lever) => ({ lever, target: null, reason }));
    return {
      offers: null,
      candidates: distinct([...model.candidates, ...own]),
      commitments: { markets: [], spend: [], missing: [] },
      unproven: model.unproven,
      untried: [],
      missing: [...model.missing, ...missing],
      endpoints: ofEndpoints.endpoints,
    };
  }
  await beginStep('pricing spot');
  const priced = await readPricedEvidence(store, market, ofMachines, request);
  const { placeOf, prices, attempts } = priced;
  const spot = proposeSpot(ofMachines, attempts, placeOf, prices);
  await beginStep('comparing kinds of GPU');
  const rightSize = proposeRightSize(
    await readRightSizeParts(store, market, ofMachines, priced, window, {
      latencies: new Map(ofEndpoints.endpoints.map(({ name, latency }) => [name, latency])),
      sloMs: request.sloMs,
    }),
  );
  await beginStep('weighing commitments');
  const commitments = decideCommitments({
    ...request,
    hours: ofMachines,
    placeOf,
    prices,
    commitments: request.held,
  });
  const onPrices = [
    ...rightSize.proposals,
    ...spot.proposals,
    ...commitments.markets.map(({ proposal }) => proposal),
  ];
  return {
    offers: { placeOf, prices },
    candidates: distinct([
      ...model.candidates,
      ...own,
      ...onPrices.filter(({ toMeasure }) => toMeasure === undefined).map(pricedCandidate),
    ]),
    commitments,
    unproven: model.unproven,
    untried: onPrices.filter(({ toMeasure }) => toMeasure !== undefined),
    missing: [...model.missing, ...spot.missing, ...rightSize.missing, ...commitments.missing],
    endpoints: ofEndpoints.endpoints,
  };
}

/** Replayed on grown hours, told by those that were seen. */
function proposeRuntime(
  { window, sloMs, growth }: ProposeRequest,
  explained: ExplainedHours,
  grown: readonly HolderHour[],
  evidence: Awaited<ReturnType<typeof readLeverEvidence>>,
): readonly Proposal[] {
  const promised = new Map(Object.entries(sloMs));
  const seen = proposeLevers(window, explained, evidence, promised);
  if (growth === null) return seen;
  const factsOf = new Map(seen.map(({ lever, target, facts }) => [`${lever}/${target}`, facts]));
  return proposeLevers(window, { ...explained, hours: grown }, evidence, promised).map((proposal) => ({
    ...proposal,
    facts: factsOf.get(`${proposal.lever}/${proposal.target}`) ?? proposal.facts,
  }));
}

/** Where several owners have a target by one name, the second and later ones say whose it is. */
export function distinct(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Map<string, number>();
  return candidates.map((candidate) => {
    const times = (seen.get(candidate.id) ?? 0) + 1;
    seen.set(candidate.id, times);
    return times === 1 ? candidate : { ...candidate, id: `${candidate.id} (${candidate.owner}, ${times})` };
  });
}

type ModelCandidates = Readonly<{
  candidates: Candidate[];
  unproven: ModelEvidence[];
  missing: MissingEvidence[];
}>;

function proposeModels(hours: readonly HolderHour[], evidence: readonly ModelEvidence[]): ModelCandidates {
  const result: ModelCandidates = { candidates: [], unproven: [], missing: [] };
  for (const one of evidence) {
    const proposal = modelProposal(hours, one);
    const state = qualityState(one);
    if (proposal === null) {
      result.missing.push({
        lever: one.lever,
        target: one.endpoint,
        reason: 'the ledger of the period has no endpoint by this name',
      });
    } else if (state === 'unmeasured' || state === 'too-low') result.unproven.push(one);
    else result.candidates.push(pricedCandidate(proposal));
  }
  return result;
}

/** A lever of the runtime takes hours away, and with the cost its share of the GPU time. */
function runtimeCandidate(hours: readonly HolderHour[], proposal: Proposal): Candidate {
  const { lever, target, owner, scope, risk, facts, assumptions, action, rows, change } = proposal;
  return {
    id: `${lever}/${target}`,
    lever,
    target,
    owner,
    stage: stageOf(lever),
    replay: ({ picos }) => proposal.replay(picos),
    scope,
    isTradeOff: false,
    markets: [...new Set(scope.map((index) => hours[index]!.gpuModel))],
    needsQuality: false,
    risk,
    facts,
    assumptions,
    action,
    rows,
    change: { of: 'runtime', change },
  };
}

export function pricedCandidate({ change, ...proposal }: PricedProposal): Candidate {
  return {
    ...proposal,
    id: `${proposal.lever}/${proposal.target}`,
    stage: stageOf(proposal.lever),
    change: { of: 'plan', change },
  };
}

/** Hours as a plan begins with them. */
export function wholeOf(hours: readonly HolderHour[]): Residual {
  return {
    picos: hours.map(grossPicos),
    ticks: hours.map(({ ticks }) => grossOf(ticks)),
    gpuModel: hours.map(({ gpuModel }) => gpuModel),
    lifecycle: hours.map(({ lifecycle }) => lifecycle),
  };
}
