import { mergeSpans, type Spans } from '../../domain/economics/spans.ts';
import type { TokenCounts } from '../../domain/facts/facts.ts';
import type { Picos } from '../../domain/money/picos.ts';
import {
  type CallAggregate,
  type CallDimension,
  LABEL_DIMENSIONS,
  type LatencyAggregate,
} from '../../ports/serving.ts';

/** One group of requests, each counted once. */
export type Served = Readonly<{
  key: Readonly<Record<string, string>>;
  requests: number;
  errors: number;
  tokens: TokenCounts;
  prefillMicros: number | null;
  decodeMicros: number | null;
  runningRequests: number | null;
  waitingRequests: number | null;
  cacheUse: number | null;
  batchSize: number | null;
  /** Of API calls. */
  pricedPicos: Picos | null;
  pricedRequests: number;
  duration: Spans;
  firstToken: Spans;
}>;

export const NOTHING_SERVED: Omit<Served, 'key'> = {
  requests: 0,
  errors: 0,
  tokens: { input: null, cachedInput: null, cacheWrittenInput: null, output: null, reasoning: null },
  prefillMicros: null,
  decodeMicros: null,
  runningRequests: null,
  waitingRequests: null,
  cacheUse: null,
  batchSize: null,
  pricedPicos: null,
  pricedRequests: 0,
  duration: [],
  firstToken: [],
};

export type Resolved = Readonly<{
  served: readonly Served[];
  /** Groups in which more calls were traced than their server counted. */
  overfullGroups: number;
}>;

/**
 * Each request once: a server's counters where there are any, and calls otherwise. Where calls were traced that the counters hold too,
 * they say which prompt, step or caller it was, if that is asked for, and what is left of the counters stays unlabelled.
 */
export function resolveServed(
  calls: readonly CallAggregate[],
  latencies: readonly LatencyAggregate[],
  by: readonly CallDimension[],
): Resolved {
  const timed = new Map(latencies.map((latency) => [nameOf(latency), latency]));
  const all = calls.map((call) => ({ source: call.source, served: toServed(call, timed.get(nameOf(call))) }));
  const of = (source: CallAggregate['source']) =>
    all.filter((one) => one.source === source).map(({ served }) => served);
  const [counters, labels] = [of('counters'), of('labels')];
  const asksForLabels = by.some(isLabel);
  const counted = asksForLabels ? divide(counters, labels, by) : timeWith(counters, labels, by);
  return { served: addUp([...counted.served, ...of('calls')], by), overfullGroups: counted.overfullGroups };
}

function isLabel(dimension: CallDimension): boolean {
  return dimension.startsWith('tag:') || LABEL_DIMENSIONS.some((label) => label === dimension);
}

function toServed(call: CallAggregate, latency: LatencyAggregate | undefined): Served {
  // Whatever is counted by its own server is no API, even if a gateway says so.
  const isCounted = call.source !== 'calls';
  const { source: _, queueMicros: _queue, costPicos, pricedRequests, ...rest } = call;
  return {
    ...rest,
    key: isCounted && 'serving' in call.key ? { ...call.key, serving: 'self_hosted' } : call.key,
    pricedPicos: isCounted ? null : costPicos,
    pricedRequests: isCounted ? 0 : pricedRequests,
    duration: latency?.duration ?? [],
    firstToken: latency?.firstToken ?? [],
  };
}

function nameOf({ key, source }: Readonly<{ key: object; source: string }>): string {
  return JSON.stringify([key, source]);
}

/** Counters without a histogram are timed by the calls. */
function timeWith(
  counters: readonly Served[],
  labels: readonly Served[],
  by: readonly CallDimension[],
): Resolved {
  const calls = new Map(addUp(labels, by).map((served) => [keyText(served.key, by), served]));
  const served = counters.map((one) => {
    const traced = calls.get(keyText(one.key, by));
    return {
      ...one,
      duration: one.duration.length > 0 ? one.duration : (traced?.duration ?? []),
      firstToken: one.firstToken.length > 0 ? one.firstToken : (traced?.firstToken ?? []),
    };
  });
  return { served, overfullGroups: 0 };
}

function divide(
  counters: readonly Served[],
  labels: readonly Served[],
  by: readonly CallDimension[],
): Resolved {
  const base = by.filter((dimension) => !isLabel(dimension));
  const traced = new Map(addUp(labels, base).map((served) => [keyText(served.key, base), served]));
  let overfullGroups = 0;
  const left = counters.flatMap((counted) => {
    const name = keyText(counted.key, base);
    const labelled = traced.get(name);
    if (!labelled) return [counted];
    // Counters of one group may have several owners: the first gives what the labels take.
    traced.delete(name);
    if (labelled.requests > counted.requests) overfullGroups += 1;
    return [without(counted, labelled)];
  });
  return { served: [...left, ...labels], overfullGroups };
}

function without(whole: Served, part: Served): Served {
  const minus = (a: number | null, b: number | null) => (a === null ? null : Math.max(0, a - (b ?? 0)));
  return {
    ...whole,
    requests: Math.max(0, whole.requests - part.requests),
    errors: Math.max(0, whole.errors - part.errors),
    tokens: {
      input: minus(whole.tokens.input, part.tokens.input),
      cachedInput: minus(whole.tokens.cachedInput, part.tokens.cachedInput),
      cacheWrittenInput: minus(whole.tokens.cacheWrittenInput, part.tokens.cacheWrittenInput),
      output: minus(whole.tokens.output, part.tokens.output),
      reasoning: minus(whole.tokens.reasoning, part.tokens.reasoning),
    },
    // Seconds are told of the endpoint, not of its callers; tokens share them out.
    duration: whole.requests > part.requests ? whole.duration : [],
    firstToken: whole.requests > part.requests ? whole.firstToken : [],
  };
}

/** Coarser groups, in the order of their keys. */
export function addUp(many: readonly Served[], by: readonly string[]): Served[] {
  const groups = new Map<string, Served[]>();
  for (const served of many) {
    const name = keyText(served.key, by);
    const group = groups.get(name);
    if (group) group.push(served);
    else groups.set(name, [served]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, members]) => sumServed(members, pick(members[0]!.key, by)));
}

export function sumServed(many: readonly Served[], key: Served['key'] = {}): Served {
  const sum = (of: (served: Served) => number | null) => sumKnown(many.map(of));
  const mean = (of: (served: Served) => number | null) => {
    const known = many.filter((served) => of(served) !== null);
    const weight = known.reduce((total, { requests }) => total + Math.max(1, requests), 0);
    if (known.length === 0) return null;
    return known.reduce((total, served) => total + of(served)! * Math.max(1, served.requests), 0) / weight;
  };
  return {
    key,
    requests: sum(({ requests }) => requests) ?? 0,
    errors: sum(({ errors }) => errors) ?? 0,
    tokens: {
      input: sum(({ tokens }) => tokens.input),
      cachedInput: sum(({ tokens }) => tokens.cachedInput),
      cacheWrittenInput: sum(({ tokens }) => tokens.cacheWrittenInput),
      output: sum(({ tokens }) => tokens.output),
      reasoning: sum(({ tokens }) => tokens.reasoning),
    },
    prefillMicros: sum(({ prefillMicros }) => prefillMicros),
    decodeMicros: sum(({ decodeMicros }) => decodeMicros),
    runningRequests: mean(({ runningRequests }) => runningRequests),
    waitingRequests: mean(({ waitingRequests }) => waitingRequests),
    cacheUse: mean(({ cacheUse }) => cacheUse),
    batchSize: mean(({ batchSize }) => batchSize),
    pricedPicos: sumKnownPicos(many.map(({ pricedPicos }) => pricedPicos)),
    pricedRequests: sum(({ pricedRequests }) => pricedRequests) ?? 0,
    duration: mergeSpans(...many.map(({ duration }) => duration)),
    firstToken: mergeSpans(...many.map(({ firstToken }) => firstToken)),
  };
}

export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

export function sumKnownPicos(values: readonly (Picos | null)[]): Picos | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0n);
}

export function keyText(key: Served['key'], by: readonly string[]): string {
  return JSON.stringify(by.map((dimension) => key[dimension] ?? NONE));
}

export const NONE = 'none';

export function pick(key: Served['key'], by: readonly string[]): Record<string, string> {
  return Object.fromEntries(by.map((dimension) => [dimension, key[dimension] ?? NONE]));
}
