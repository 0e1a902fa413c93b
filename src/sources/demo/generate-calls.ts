import { type PricedTokens, priceTokens, type TokenPrice } from '../../domain/economics/unit-costs.ts';
import type { CallLabels, FactBatch, RequestFact, ScoreFact, TokenCounts } from '../../domain/facts/facts.ts';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import { DAY_MS, type EpochMs, floorToDay, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { PPM } from '../../domain/units/gpu-time.ts';
import { CHARGES } from './bill-plan.ts';
import { chargedDays } from './generate-charges.ts';
import { labelsOf } from './generate-inventory.ts';
import { type Random, randomStream } from './random.ts';
import {
  ANSWER_VERSIONS,
  API_USAGE,
  type ApiPlan,
  ENDPOINTS,
  GATEWAY_DAYS,
  JUDGED_FRACTION,
  type PromptVersion,
  SEEN_BY_GATEWAY_PPM,
  TRACED_PER_DAY,
  TRACED_STEPS,
  UNPRICED_CALLS,
} from './traffic-plan.ts';
import { WORKLOADS } from './work-plan.ts';
import { type Curve, trafficLevel } from './workload-patterns.ts';

const NO_LABELS: CallLabels = {
  promptName: null,
  promptVersion: null,
  step: null,
  agent: null,
  conversation: null,
};

const NO_TOKENS: TokenCounts = {
  input: null,
  cachedInput: null,
  cacheWrittenInput: null,
  output: null,
  reasoning: null,
};

/** A call refused by the API's limit costs nothing. */
const REFUSED_RATE = 0.004;

/** Single calls, day by day: those of model APIs, which add up to the bill, and some traced through the product; with their scores. */
export function* generateCalls(seed: number, window: TimeWindow): Generator<FactBatch> {
  const fromMs = Math.max(window.fromMs, floorToDay(window.toMs - GATEWAY_DAYS * DAY_MS));
  for (const plan of API_USAGE) yield* callApi(plan, fromMs, seed, window);
  const random = randomStream(seed, 'calls/traced');
  for (const day of daysOf({ fromMs, toMs: window.toMs })) {
    yield judged([...traceProduct(day, window, random), ...unpricedCalls(day, random)], random);
  }
}

function daysOf({ fromMs, toMs }: TimeWindow): TimeWindow[] {
  const days: TimeWindow[] = [];
  for (let day = floorToDay(fromMs); day < toMs; day += DAY_MS) {
    days.push({ fromMs: Math.max(day, fromMs), toMs: Math.min(day + DAY_MS, toMs) });
  }
  return days;
}

/** What a day's calls should cost is known from the bill's plan: tokens are scaled until they do. */
function* callApi(plan: ApiPlan, fromMs: EpochMs, seed: number, window: TimeWindow): Generator<FactBatch> {
  const random = randomStream(seed, `calls/${plan.charge}`);
  const charge = CHARGES.find(({ description }) => description === plan.charge)!;
  const price = readPrice(plan);
  for (const day of chargedDays(charge, seed, window)) {
    if (day.fromMs < fromMs) continue;
    const wanted = (Number(day.cost) * SEEN_BY_GATEWAY_PPM) / PPM;
    const drafts = draftCalls(plan, price, day, wanted, window, random);
    const drawn = drafts.reduce((sum, draft) => sum + Number(priceTokens(draft, price)), 0);
    const calls = drafts.flatMap((draft) => callOf(plan, scaleTokens(draft, wanted / drawn), price, random));
    yield judged(calls, random);
  }
}

type Draft = PricedTokens &
  Readonly<{ atMs: EpochMs; version: PromptVersion; inputTokens: number; outputTokens: number }>;

function readPrice({ price }: ApiPlan): TokenPrice {
  const picos = (text: string): Picos => parsePicos(text)!.picos;
  return {
    inputPer1mPicos: picos(price.input),
    outputPer1mPicos: picos(price.output),
    cachedInputPer1mPicos: picos(price.cachedInput),
  };
}

function draftCalls(
  plan: ApiPlan,
  price: TokenPrice,
  day: TimeWindow,
  wanted: number,
  window: TimeWindow,
  random: Random,
): Draft[] {
  const drafts: Draft[] = [];
  for (let spent = 0; spent < wanted; spent += Number(priceTokens(drafts.at(-1)!, price))) {
    const atMs = timeOf(day, plan.curve, random);
    const version = versionAt(plan.versions, atMs, window, random);
    const inputTokens = Math.round(plan.input * version.inputFactor * random.between(0.5, 1.5));
    drafts.push({
      atMs,
      version,
      inputTokens,
      cachedInputTokens: Math.round(inputTokens * plan.cachedFraction * random.between(0.85, 1.1)),
      outputTokens: Math.round(plan.output * version.outputFactor * random.between(0.4, 1.6)),
    });
  }
  return drafts;
}

/** More calls at busy hours: a time is drawn again as often as its hour is quiet. */
function timeOf({ fromMs, toMs }: TimeWindow, curve: Curve, random: Random): EpochMs {
  const busiest = peakOf(curve, { fromMs, toMs });
  for (;;) {
    const atMs = Math.floor(random.between(fromMs, toMs));
    if (random.chance(trafficLevel(curve, atMs) / busiest)) return atMs;
  }
}

function peakOf(curve: Curve, { fromMs, toMs }: TimeWindow): number {
  let peak = trafficLevel(curve, fromMs);
  for (let atMs = fromMs; atMs < toMs; atMs += HOUR_MS) peak = Math.max(peak, trafficLevel(curve, atMs));
  return peak;
}

function versionAt(
  versions: readonly PromptVersion[],
  atMs: EpochMs,
  { toMs }: TimeWindow,
  random: Random,
): PromptVersion {
  const asked = versions.filter(
    ({ fromDaysAgo }) => fromDaysAgo === null || floorToDay(toMs - fromDaysAgo * DAY_MS) <= atMs,
  );
  return random.pick(asked);
}

function scaleTokens(draft: Draft, factor: number): Draft {
  return {
    ...draft,
    inputTokens: Math.round(draft.inputTokens * factor),
    cachedInputTokens: Math.round((draft.cachedInputTokens ?? 0) * factor),
    outputTokens: Math.round(draft.outputTokens * factor),
  };
}

type Call = Readonly<{ fact: RequestFact; version: PromptVersion | null }>;

/** Now and then the API refuses at first; what is made again a moment later counts. */
function callOf(plan: ApiPlan, draft: Draft, price: TokenPrice, random: Random): Call[] {
  const slowness = random.skewed(0.5, 2);
  const { atMs, version, inputTokens, cachedInputTokens, outputTokens } = draft;
  const fact: RequestFact = {
    requestId: `gateway:${random.hex(16)}`,
    endpoint: plan.endpoint,
    serving: 'api',
    model: plan.model,
    provider: plan.provider,
    operation: plan.operation,
    startMs: atMs,
    durationMs: Math.round(plan.latencySeconds * slowness * 1000),
    timeToFirstTokenMs: Math.round(plan.firstTokenSeconds * slowness * 1000),
    error: null,
    tokens: { ...NO_TOKENS, input: inputTokens, cachedInput: cachedInputTokens, output: outputTokens },
    labels: {
      ...NO_LABELS,
      promptName: plan.labels.prompt,
      promptVersion: version.version,
      step: plan.labels.step,
      agent: plan.labels.agent,
    },
    costPicos: priceTokens(draft, price),
    priceReference: `${plan.model} (stated by the gateway)`,
    attributes: { 'label:team': plan.team, 'label:env': plan.environment },
  };
  const answered = { fact, version };
  return random.chance(REFUSED_RATE) ? [refused(fact), answered] : [answered];
}

function refused(fact: RequestFact): Call {
  return {
    version: null,
    fact: {
      ...fact,
      requestId: `${fact.requestId}:refused`,
      durationMs: 80,
      timeToFirstTokenMs: null,
      error: 'rate_limit_exceeded',
      tokens: NO_TOKENS,
      costPicos: 0n,
    },
  };
}

/** Questions to the product, each with the calls of its pipeline. The servers that answered count them as well. */
function traceProduct(day: TimeWindow, window: TimeWindow, random: Random): Call[] {
  const questions = Math.round((TRACED_PER_DAY * (day.toMs - day.fromMs)) / DAY_MS);
  return Array.from({ length: questions }, () => traceQuestion(day, window, random)).flat();
}

function traceQuestion(day: TimeWindow, window: TimeWindow, random: Random): Call[] {
  const conversation = `c-${random.hex(10)}`;
  let startMs = timeOf(day, 'consumer', random);
  return TRACED_STEPS.map(({ workload, step, operation, prompt }) => {
    const version = prompt === 'answer' ? versionAt(ANSWER_VERSIONS, startMs, window, random) : null;
    const { tokens, latencySeconds, firstTokenSeconds } = ENDPOINTS[workload]!;
    const [namespace, endpoint] = workload.split('/') as [string, string];
    const slowness = random.skewed(0.6, 1.9) * (version?.outputFactor ?? 1);
    const input = tokens && Math.round(tokens.input * (version?.inputFactor ?? 1) * random.between(0.6, 1.4));
    const output =
      tokens?.output == null
        ? null
        : Math.round(tokens.output * (version?.outputFactor ?? 1) * random.between(0.6, 1.4));
    const fact: RequestFact = {
      requestId: `trace:${conversation}:${step}`,
      endpoint,
      serving: 'self_hosted',
      model: WORKLOADS[workload]!.model ?? endpoint,
      provider: null,
      operation,
      startMs,
      durationMs: Math.round(latencySeconds * slowness * 1000),
      timeToFirstTokenMs: firstTokenSeconds === null ? null : Math.round(firstTokenSeconds * 1000),
      error: null,
      tokens: { ...NO_TOKENS, input, cachedInput: cachedOf(input, tokens?.cachedFraction), output },
      labels: {
        promptName: prompt,
        promptVersion: prompt === 'answer' ? version!.version : prompt === null ? null : 'v2',
        step,
        agent: null,
        conversation,
      },
      costPicos: null,
      priceReference: null,
      attributes: labelsOf(namespace, WORKLOADS[workload]!),
    };
    startMs += fact.durationMs!;
    return { fact, version };
  });
}

function cachedOf(input: number | null, fraction = 0): number | null {
  return input === null ? null : Math.round(input * fraction);
}

function unpricedCalls(day: TimeWindow, random: Random): Call[] {
  const { endpoint, model, perDay } = UNPRICED_CALLS;
  return Array.from({ length: Math.round((perDay * (day.toMs - day.fromMs)) / DAY_MS) }, () => ({
    version: null,
    fact: {
      requestId: `gateway:${random.hex(16)}`,
      endpoint,
      serving: 'api',
      model,
      provider: 'openai',
      operation: 'chat',
      startMs: timeOf(day, 'office', random),
      durationMs: Math.round(random.between(600, 2_400)),
      timeToFirstTokenMs: null,
      error: null,
      tokens: { ...NO_TOKENS, input: Math.round(random.between(300, 900)), cachedInput: 0, output: 120 },
      labels: { ...NO_LABELS, promptName: 'match-tone', promptVersion: 'v1' },
      costPicos: null,
      priceReference: null,
      attributes: { 'label:team': 'search', 'label:env': 'production' },
    },
  }));
}

function judged(calls: readonly Call[], random: Random): FactBatch {
  return {
    requests: calls.map(({ fact }) => fact),
    scores: calls.flatMap((call) => (random.chance(JUDGED_FRACTION) ? scoresOf(call, random) : [])),
  };
}

/** The judge is a model; what a score leaves out, it has from the call that it names. */
function scoresOf({ fact, version }: Call, random: Random): ScoreFact[] {
  if (version === null) return [];
  const helpfulness = Math.min(1, Math.max(0, version.helpfulness + random.between(-0.2, 0.2)));
  const score = (name: string, value: number): ScoreFact => ({
    scoreId: `${fact.requestId}:${name}`,
    name,
    value,
    atMs: fact.startMs + fact.durationMs!,
    endpoint: null,
    model: null,
    promptName: null,
    promptVersion: null,
    requestId: fact.requestId,
    runId: null,
    by: 'llm_judge',
  });
  return [
    score('helpfulness', Math.round(helpfulness * 100) / 100),
    score('hallucination', random.chance(version.hallucination) ? 1 : 0),
  ];
}
