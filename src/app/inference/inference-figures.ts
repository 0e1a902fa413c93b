import { goodInferences, type QualityBar, shareWithin } from '../../domain/economics/good-inferences.ts';
import type { TokenWeight } from '../../domain/economics/serving-work.ts';
import { quantileOf, type Spans } from '../../domain/economics/spans.ts';
import { marginPer1k, per1k, per1m } from '../../domain/economics/unit-costs.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { ScoreAggregate } from '../../ports/serving.ts';
import { fraction } from '../figures/fraction.ts';
import type {
  InferenceFigures,
  PercentileBounds,
  Percentiles,
  QualityFigures,
} from '../results/inference.ts';
import { sumKnownPicos, sumServed } from './served.ts';
import type { CostedServed, InputOutputCost } from './serving-costs.ts';

/** Requests of one row: what they cost, earned and were worth. */
export type EarningServed = CostedServed &
  Readonly<{
    revenuePicos: Picos | null;
    revenueRequests: number;
    trainingPicos: Picos | null;
    trainingRequests: number;
  }>;

export type FigureOptions = Readonly<{
  basis: 'allocated' | 'used';
  sloMs: number | null;
  bars: readonly QualityBar[];
}>;

const MICROS_PER_MS = 1_000;

/** Everything that a row says of its requests. Unit costs are over the requests whose cost is known. */
export function inferenceFigures(
  members: readonly EarningServed[],
  scores: readonly ScoreAggregate[],
  options: FigureOptions,
): InferenceFigures {
  const served = sumServed(members);
  const { tokens, duration, firstToken, requests, errors } = served;
  const known = sumServed(members.filter(({ cost }) => cost !== null));
  const unpricedRequests = members.reduce((sum, one) => sum + one.unpricedRequests, 0);
  const allocatedPicos = sumKnownPicos(members.map(({ cost }) => cost?.allocatedPicos ?? null));
  const usedPicos = sumKnownPicos(members.map(({ cost }) => cost?.usedPicos ?? null));
  const picos = options.basis === 'used' ? usedPicos : allocatedPicos;
  const split = sumSplits(members);
  const pricedRequests = requests - unpricedRequests;
  const quality = qualityFigures(scores, options.bars);
  const good = goodInferences(
    { requests, errors },
    duration,
    options.sloMs === null ? null : options.sloMs * MICROS_PER_MS,
    quality.judged,
  );
  const costPer1k = per1k(picos, pricedRequests);
  const earned = earnings(members, costPer1k);
  const money = (amount: Picos | null) => (amount === null ? null : formatPicos(amount));
  const ticks = members.reduce((sum, { cost }) => sum + (cost?.ticks ?? 0n), 0n);
  const isOwn = members.some(({ key }) => key['serving'] !== 'api');
  return {
    requests,
    errors,
    inputTokens: tokens.input,
    cachedInputTokens: tokens.cachedInput,
    outputTokens: tokens.output,
    reasoningTokens: tokens.reasoning,
    cost: money(picos),
    allocatedCost: money(allocatedPicos),
    usedCost: money(usedPicos),
    unpricedRequests,
    costPer1kRequests: money(costPer1k),
    costPer1kSuccessful: money(per1k(picos, pricedRequests - Math.min(errors, known.errors))),
    costPer1mTokens: money(per1m(picos, (known.tokens.input ?? 0) + (known.tokens.output ?? 0))),
    costPer1mInputTokens: money(per1m(split?.inputPicos ?? null, known.tokens.input)),
    costPer1mOutputTokens: money(per1m(split?.outputPicos ?? null, known.tokens.output)),
    tokenSplit: split && splitFigures(split),
    latencyMs: percentiles(duration),
    timeToFirstTokenMs: percentiles(firstToken),
    latencyBoundsMs: percentileBounds(duration),
    timeToFirstTokenBoundsMs: percentileBounds(firstToken),
    slo:
      options.sloMs === null
        ? null
        : { latencyMs: options.sloMs, attained: shareWithin(duration, options.sloMs * MICROS_PER_MS) },
    quality: quality.figures,
    goodRequests: good?.count ?? null,
    costPer1kGood: good === null ? null : money(per1k(picos, good.count)),
    ...earned,
    cachedFraction:
      tokens.cachedInput === null || !tokens.input ? null : Math.min(1, tokens.cachedInput / tokens.input),
    runningRequests: served.runningRequests,
    waitingRequests: served.waitingRequests,
    cacheUse: served.cacheUse,
    batchSize: served.batchSize,
    gpuHours: isOwn && allocatedPicos !== null ? ticksToHours(ticks) : null,
    utilisation: isOwn && allocatedPicos !== null ? fraction(usedPicos!, allocatedPicos) : null,
  };
}

type Earnings = Pick<
  InferenceFigures,
  'revenue' | 'revenuePer1k' | 'marginPer1k' | 'isLosingMoney' | 'trainingPer1k'
>;

/** What 1,000 requests earn, less what they cost, training included where it was stated. */
function earnings(members: readonly EarningServed[], costPer1k: Picos | null): Earnings {
  const revenue = sumKnownPicos(members.map(({ revenuePicos }) => revenuePicos));
  const training = sumKnownPicos(members.map(({ trainingPicos }) => trainingPicos));
  const count = (of: (one: EarningServed) => number) => members.reduce((sum, one) => sum + of(one), 0);
  const revenuePer1k = per1k(
    revenue,
    count(({ revenueRequests }) => revenueRequests),
  );
  const trainingPer1k = per1k(
    training,
    count(({ trainingRequests }) => trainingRequests),
  );
  const margin = marginPer1k(revenuePer1k, costPer1k === null ? null : costPer1k + (trainingPer1k ?? 0n));
  const money = (amount: Picos | null | undefined) => (amount == null ? null : formatPicos(amount));
  return {
    revenue: money(revenue),
    revenuePer1k: money(revenuePer1k),
    marginPer1k: money(margin?.per1kPicos),
    isLosingMoney: margin?.isLosing ?? false,
    trainingPer1k: money(trainingPer1k),
  };
}

function sumSplits(members: readonly CostedServed[]): InputOutputCost | null {
  const splits = members.map(({ split }) => split).filter((split) => split !== null);
  // A part that cannot be split would leave its cost out of both figures.
  const isWhole = members.every(
    ({ split, cost, requests }) => split !== null || cost === null || requests === 0,
  );
  if (splits.length === 0 || !isWhole) return null;
  const idle = members.filter(({ split, cost }) => split === null && cost !== null);
  if (idle.some(({ cost }) => cost!.allocatedPicos !== 0n)) return null;
  return {
    inputPicos: splits.reduce((sum, { inputPicos }) => sum + inputPicos, 0n),
    outputPicos: splits.reduce((sum, { outputPicos }) => sum + outputPicos, 0n),
    methods: [...new Set(splits.flatMap(({ methods }) => methods))],
    weight: splits.find(({ weight }) => weight !== null)?.weight ?? null,
  };
}

function splitFigures({
  inputPicos,
  outputPicos,
  methods,
  weight,
}: InputOutputCost): InferenceFigures['tokenSplit'] {
  return {
    method: methods.length > 1 ? 'mixed' : methods[0]!,
    weight: weight && weightText(weight),
    inputFraction: fraction(inputPicos, inputPicos + outputPicos),
  };
}

/** `1:2.5`. */
function weightText({ input, output }: TokenWeight): string {
  return input === 0n ? '0:1' : `1:${Number(output) / Number(input)}`;
}

const FRACTIONS = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

function percentiles(spans: Spans): Percentiles {
  const at = (share: number) => inMs(quantileOf(spans, share)?.estimate ?? null);
  return { p50: at(FRACTIONS.p50), p95: at(FRACTIONS.p95), p99: at(FRACTIONS.p99) };
}

function percentileBounds(spans: Spans): PercentileBounds {
  const at = (share: number) => {
    const found = quantileOf(spans, share);
    return found && { low: inMs(found.low)!, high: inMs(found.high) };
  };
  return { p50: at(FRACTIONS.p50), p95: at(FRACTIONS.p95), p99: at(FRACTIONS.p99) };
}

function inMs(micros: number | null): number | null {
  return micros === null || !Number.isFinite(micros) ? null : Math.round(micros) / MICROS_PER_MS;
}

function qualityFigures(
  scores: readonly ScoreAggregate[],
  bars: readonly QualityBar[],
): { figures: QualityFigures[]; judged: { passed: number; scored: number }[] } {
  const names = [...new Set([...scores.map(({ name }) => name), ...bars.map(({ score }) => score)])].sort();
  const sums = names.map((name) => {
    const own = scores.filter((score) => score.name === name);
    const scored = own.reduce((sum, one) => sum + one.scored, 0);
    const mean = own.reduce((sum, one) => sum + one.mean * one.scored, 0) / scored;
    const passed = own.reduce((sum, one) => sum + (one.passed ?? 0), 0);
    return { name, scored, mean, passed, hasBar: bars.some(({ score }) => score === name) };
  });
  return {
    figures: sums
      .filter(({ scored }) => scored > 0)
      .map(({ name, scored, mean, passed, hasBar }) => ({
        score: name,
        mean,
        scored,
        passing: hasBar ? passed / scored : null,
      })),
    judged: sums.filter(({ hasBar }) => hasBar).map(({ passed, scored }) => ({ passed, scored })),
  };
}
