import { groupBy } from '../../domain/collections/group-by.ts';
import { type ServingWork, type TokenWeight, timedParts } from '../../domain/economics/serving-work.ts';
import { shareServingCost } from '../../domain/economics/share-serving-cost.ts';
import { splitInputOutput } from '../../domain/economics/split-input-output.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { apportion } from '../../domain/money/apportion.ts';
import type { Picos } from '../../domain/money/picos.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import { isUnpriced, totalPicos } from '../figures/ledger-figures.ts';
import { keyText, NONE, NOTHING_SERVED, pick, type Served, sumServed } from './served.ts';

/** Requests with what they cost. */
export type CostedServed = Served &
  Readonly<{
    /** `null`: nobody knows. */
    cost: ServingCost | null;
    /** Requests whose cost is unknown. */
    unpricedRequests: number;
    /** Of the cost on the basis of the report; `null` where input and output cannot be told apart. */
    split: InputOutputCost | null;
  }>;

export type ServingCost = Readonly<{ allocatedPicos: Picos; usedPicos: Picos; ticks: bigint }>;

export type InputOutputCost = Readonly<{
  inputPicos: Picos;
  outputPicos: Picos;
  methods: readonly ('measured' | 'declared')[];
  weight: TokenWeight | null;
}>;

/**
 * Prices what was served. Self-hosted: the ledger's cost of the workload with the endpoint's name, shared among the groups that the
 * endpoint served in the same cell of time. API: the price of each call. What the ledger holds and nobody asked stays a row without
 * requests, so that rows add up to the ledger.
 */
export function priceServed(
  served: readonly Served[],
  ledger: readonly LedgerAggregate[],
  options: Readonly<{
    by: readonly string[];
    basis: 'allocated' | 'used';
    tokenWeight: TokenWeight | null;
  }>,
): CostedServed[] {
  const time = options.by.filter((dimension) => dimension === 'day' || dimension === 'hour');
  const own = served.filter(({ key }) => key['serving'] !== 'api');
  const ofApis = served.filter(({ key }) => key['serving'] === 'api');
  const cell = ['endpoint', ...time];
  const groups = groupBy(own, (one) => keyText(one.key, cell));
  const costs = groupBy(ledger, ({ key }) => keyText({ ...key, endpoint: key['workload']! }, cell));
  const names = [...new Set([...groups.keys(), ...costs.keys()])].sort();
  const priced = names.flatMap((name) =>
    priceCell(groups.get(name) ?? [], costs.get(name) ?? [], options.by),
  );
  return [...priced, ...ofApis.map(priceCalls)].map(({ work, ...one }) => ({
    ...one,
    split: splitOf(one, work, options),
  }));
}

/** `work` is what its cost is split by: with the endpoint's times per token, where its own are not known. */
type Priced = Omit<CostedServed, 'split'> & Readonly<{ work: ServingWork }>;

function priceCell(
  parts: readonly Served[],
  ledger: readonly LedgerAggregate[],
  by: readonly string[],
): Priced[] {
  if (ledger.length === 0) {
    return parts.map(unknownCost);
  }
  if (parts.length === 0) return ledger.map((aggregate) => unasked(aggregate, by));
  const whole = sumAggregates(ledger);
  const owned = parts.map((part) => ({ ...part, key: withOwner(part.key, ledger, by) }));
  if (isUnpriced(whole)) {
    return owned.map(unknownCost);
  }
  const { allocatedPicos, usedPicos, ticks } = costOf(whole);
  const works = owned.map(workOf);
  const endpoint = workOf(sumServed(owned));
  const share = (picos: bigint) => {
    const shared = shareServingCost(picos, works, endpoint);
    // Nothing was served: the first of them stands for all.
    return shared.method === 'none'
      ? apportion(
          picos,
          works.map((_, index) => (index === 0 ? 1n : 0n)),
        )
      : shared.picos;
  };
  const timed = timedParts(works, endpoint);
  const [allocated, used, time] = [share(allocatedPicos), share(usedPicos), share(ticks)];
  return owned.map((part, index) => ({
    ...part,
    cost: { allocatedPicos: allocated[index]!, usedPicos: used[index]!, ticks: time[index]! },
    unpricedRequests: 0,
    work: timed[index]!,
  }));
}

function unknownCost(part: Served): Priced {
  return { ...part, cost: null, unpricedRequests: part.requests, work: workOf(part) };
}

/** What the ledger holds of an endpoint that nobody asked. */
function unasked(aggregate: LedgerAggregate, by: readonly string[]): Priced {
  const key = {
    ...pick({ ...aggregate.key, model: NONE }, by),
    endpoint: aggregate.key['workload']!,
    serving: 'self_hosted',
  };
  const cost = isUnpriced(aggregate) ? null : costOf(aggregate);
  const nothing = { ...NOTHING_SERVED, key };
  return { ...nothing, cost, unpricedRequests: 0, work: workOf(nothing) };
}

/** Used is what ran: no idle time, and nothing that is shared or stands beside the devices. */
function costOf(aggregate: LedgerAggregate): ServingCost {
  const { underused, lost, productive } = aggregate.cost;
  return {
    allocatedPicos: totalPicos(aggregate),
    usedPicos: underused + lost + productive,
    ticks: grossOf(aggregate.ticks),
  };
}

/** A call that names no owner belongs to whom most of its endpoint's cost belongs to. */
function withOwner(
  key: Served['key'],
  ledger: readonly LedgerAggregate[],
  by: readonly string[],
): Served['key'] {
  const missing = by.filter((dimension) => isOwner(dimension) && (key[dimension] ?? NONE) === NONE);
  if (missing.length === 0) return key;
  const largest = ledger.reduce((most, one) => (totalPicos(one) > totalPicos(most) ? one : most));
  return { ...key, ...pick(largest.key, missing) };
}

function isOwner(dimension: string): boolean {
  return dimension === 'team' || dimension === 'environment' || dimension.startsWith('tag:');
}

function priceCalls(served: Served): Priced {
  const { pricedPicos, pricedRequests, requests } = served;
  return {
    ...served,
    cost: pricedPicos === null ? null : { allocatedPicos: pricedPicos, usedPicos: pricedPicos, ticks: 0n },
    unpricedRequests: requests - pricedRequests,
    work: workOf(served),
  };
}

/** Published prices differ by kind of token, and a call's cost does not say how: only a stated weight splits it. */
function splitOf(
  priced: Omit<Priced, 'work'>,
  work: ServingWork,
  { basis, tokenWeight }: Readonly<{ basis: 'allocated' | 'used'; tokenWeight: TokenWeight | null }>,
): InputOutputCost | null {
  if (priced.cost === null) return null;
  if (priced.key['serving'] === 'api' && tokenWeight === null) return null;
  const picos = basis === 'used' ? priced.cost.usedPicos : priced.cost.allocatedPicos;
  const split = splitInputOutput(picos, work, tokenWeight);
  if (split === null) return null;
  const { inputPicos, outputPicos, method, weight } = split;
  return { inputPicos, outputPicos, methods: [method], weight };
}

export function workOf({ requests, tokens, prefillMicros, decodeMicros }: Served): ServingWork {
  return {
    requests,
    inputTokens: tokens.input,
    cachedInputTokens: tokens.cachedInput,
    outputTokens: tokens.output,
    prefillMicros,
    decodeMicros,
  };
}
