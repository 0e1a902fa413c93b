import { groupBy } from '../../domain/collections/group-by.ts';
import type { AttemptRecord } from '../../domain/levers/attempt-record.ts';
import type { HolderHour } from '../../domain/levers/holder-hour.ts';
import { savedAlone } from '../../domain/levers/plan.ts';
import type { Move } from '../../domain/levers/plan-lever.ts';
import { spotProposal } from '../../domain/levers/spot.ts';
import { DEFAULT_SPOT, weighSpot } from '../../domain/levers/weigh-spot.ts';
import { displayAmount, displayMoney } from '../../domain/money/display-money.ts';
import { formatPicos, type Picos, parsePicos, roundPicos } from '../../domain/money/picos.ts';
import { formatInstant, HOUR_MS } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import { TareError } from '../errors.ts';
import { readGeneratedMark } from '../generated-mark.ts';
import { priceText } from '../plan/commitment-markets.ts';
import { type KnownPrices, withSpotPrices } from '../plan/market-prices.ts';
import { type PricedEvidence, readPricedEvidence } from '../plan/priced-evidence.ts';
import { distinct, pricedCandidate, wholeOf } from '../plan/propose-plan.ts';
import { roundTogether } from '../plan/round-together.ts';
import { exactMonth, larger, type PlanParts, readBillHours } from '../plan-bill.ts';
import { HOURS_PER_MONTH, LEAST_DAYS, type Range, type Scale, scaleOf, toTexts } from '../plan-savings.ts';
import type { SpotPoolFigures, SpotRefused, SpotReport, SpotRow, SpotSums } from '../results/spot.ts';
import type { SpotReportRequest, SpotSort } from '../tare.ts';
import {
  type JudgedPool,
  type PieceCost,
  pieceCost,
  pieceTimes,
  type SpotPiece,
  spotPieces,
} from './spot-rows.ts';
import { VERDICT_MEANINGS, whyText } from './spot-words.ts';

/**
 * Every run or workload of the window, judged as the lever `spot` judges it: what could have run there, for how much, and why the
 * rest could not.
 * @throws TareError when the window has no workload by the name that was asked for
 */
export async function reportSpot(parts: PlanParts, request: SpotReportRequest): Promise<SpotReport> {
  const { store, settings } = parts;
  const { window, seed, by, limit, offset } = request;
  const { machines, all, period } = await readBillHours(store, window);
  const isEnough = period.hours >= LEAST_DAYS * 24;
  const hours = isEnough ? machines : [];
  const evidence = await readEvidence(parts, machines, request, period);
  const judged = judgePools(hours, evidence);
  const scale = scaleOf(all, period, seed);
  const figures = judged.flatMap((one) => poolFigures(hours, one, evidence.prices, scale));
  const whole = linesOf(hours, spotPieces(hours, evidence.attempts, judged, by), judged, period.hours, scale);
  if (isEnough) checkWorkload(request.workload, whole);
  const lines = whole.filter((line) => isWanted(line, request)).toSorted(orderOf(request.sort));
  const page = limit === null ? lines.slice(offset) : lines.slice(offset, offset + limit);
  const total = sumsOf(lines, scale);
  return {
    currency: settings.currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    period: {
      from: formatInstant(period.fromMs),
      to: formatInstant(period.toMs),
      days: period.hours / 24,
      hoursPerMonth: HOURS_PER_MONTH,
    },
    sentence: sentenceOf(total, whole, by, isEnough, settings.currency),
    by,
    rows: page.map((line) => rowOf(line, scale)),
    offset,
    nextOffset: offset + page.length < lines.length ? offset + page.length : null,
    total,
    pools: figures,
    refused: refusedOf(whole),
    generated: await readGeneratedMark(store),
  };
}

async function readEvidence(
  { store, settings, market }: PlanParts,
  machines: readonly HolderHour[],
  { window, deadlines, spotPrices }: SpotReportRequest,
  period: SpotReportRequest['window'],
): Promise<PricedEvidence> {
  const { currency } = settings;
  const evidence = await readPricedEvidence(store, market ?? null, machines, {
    window,
    period,
    currency,
  });
  const stated = Object.entries(spotPrices).map(
    ([spelled, amount]) =>
      [market?.hardware.gpuModel(spelled) ?? spelled, parsePicos(amount)!.picos] as const,
  );
  return {
    ...evidence,
    prices: withSpotPrices(evidence.prices, new Map(stated)),
    attempts: withDeadlines(machines, evidence.attempts, deadlines),
  };
}

/** What was said on asking comes before what a run said of itself. */
function withDeadlines(
  hours: readonly HolderHour[],
  attempts: readonly AttemptRecord[],
  deadlines: SpotReportRequest['deadlines'],
): readonly AttemptRecord[] {
  if (Object.keys(deadlines).length === 0) return attempts;
  const nameOf = new Map(hours.map(({ workloadId, workload }) => [workloadId, workload]));
  return attempts.map((attempt) => {
    const deadlineHours = deadlines[nameOf.get(attempt.workloadId) ?? ''];
    return deadlineHours === undefined ? attempt : { ...attempt, deadlineHours };
  });
}

/** Each pool with its lever, under the id that a plan gives it. */
function judgePools(
  hours: readonly HolderHour[],
  { attempts, placeOf, prices }: PricedEvidence,
): JudgedPool[] {
  const whole = wholeOf(hours);
  const pools = weighSpot(hours, attempts, placeOf, prices);
  const proposed = pools.map((pool) => spotProposal(hours, pool, DEFAULT_SPOT));
  const candidates = distinct(proposed.flatMap((proposal) => (proposal ? [pricedCandidate(proposal)] : [])));
  let next = 0;
  return pools.map((pool, index) => {
    const candidate = proposed[index] === null ? undefined : candidates[next++];
    return candidate
      ? { pool, id: candidate.id, alone: savedAlone(whole, candidate) }
      : { pool, id: null, alone: { moves: [], saved: 0n } };
  });
}

type Line = Readonly<{
  piece: SpotPiece;
  cost: PieceCost;
  moves: readonly Move[];
  /** By the month, in cents that add up to the pool's. */
  monthly: Picos;
  workload: string;
  hour: HolderHour;
  runIds: ReadonlySet<string>;
  startMs: number | null;
}>;

function linesOf(
  hours: readonly HolderHour[],
  pieces: readonly SpotPiece[],
  pools: readonly JudgedPool[],
  periodHours: number,
  scale: Scale,
): Line[] {
  const moves = new Map(pools.flatMap(({ alone }) => alone.moves.map((move) => [move.index, move] as const)));
  const savedAt = new Map([...moves].map(([index, { picos }]) => [index, picos]));
  const lines = pieces.map((piece) => ({
    piece,
    cost: pieceCost(hours, piece, savedAt),
    moves: piece.indexes.flatMap((index) => moves.get(index) ?? []),
    hour: hours[piece.indexes[0]!]!,
    workload: hours[piece.indexes[0]!]!.workload,
    runIds: new Set(piece.attempts.map(({ runId }) => runId)),
    startMs: piece.attempts.reduce<number | null>(
      (first, { startMs }) => (first === null || startMs < first ? startMs : first),
      null,
    ),
  }));
  const monthly = new Map<SpotPiece, Picos>();
  for (const [judged, own] of groupBy(lines, ({ piece }) => piece.judged)) {
    if (judged === null) continue;
    const amounts = roundTogether(
      own.map(({ cost }) => exactMonth(cost.saved, periodHours)),
      scale.toMonth(judged.alone.saved),
    );
    for (const [index, { piece }] of own.entries()) monthly.set(piece, amounts[index]!);
  }
  return lines.map((line) => ({ ...line, monthly: monthly.get(line.piece) ?? 0n }));
}

function isWanted({ piece, workload }: Line, { only, workload: wanted }: SpotReportRequest): boolean {
  if (wanted !== null && workload !== wanted) return false;
  return only === null || (only === 'could') === (piece.verdict === 'could');
}

function checkWorkload(wanted: string | null, lines: readonly Line[]): void {
  if (wanted === null || lines.some(({ workload }) => workload === wanted)) return;
  throw new TareError(
    'noSuchWorkload',
    `nothing by the name ${wanted} held a GPU in the window`,
    'tare report ledger --by workload lists what did; or ask about another window',
  );
}

function orderOf(sort: SpotSort): (a: Line, b: Line) => number {
  const byName = (a: Line, b: Line) =>
    compare(a.workload, b.workload) || compare(a.piece.runId ?? '', b.piece.runId ?? '');
  const keys: Readonly<Record<SpotSort, (a: Line, b: Line) => number>> = {
    saved: (a, b) => compare(b.cost.saved, a.cost.saved) || compare(b.cost.held, a.cost.held),
    heldCost: (a, b) => compare(b.cost.held, a.cost.held),
    gpuHours: (a, b) => compare(b.cost.ticks, a.cost.ticks),
    workload: byName,
    startedAt: (a, b) => (b.startMs ?? -1) - (a.startMs ?? -1),
  };
  return (a, b) => keys[sort](a, b) || byName(a, b) || compare(a.piece.verdict, b.piece.verdict);
}

function compare<Value extends bigint | string>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rowOf({ piece, cost, moves, monthly, hour, runIds, workload }: Line, scale: Scale): SpotRow {
  const { team, kind, pool, gpuModel } = hour;
  const { verdict, judged, runId } = piece;
  const times = pieceTimes(scale.hours, piece);
  const could = verdict === 'could';
  const { startMs, endMs, spotHours, deadlineHours, ...rest } = times;
  const id = `${judged?.id ?? ''}/${runId ?? workload}`;
  return {
    runId,
    workload,
    team,
    kind,
    pool,
    gpuModel,
    runs: runIds.size,
    verdict,
    why: whyText(piece, times),
    lever: could ? judged!.id : null,
    gpuHours: ticksToHours(cost.ticks),
    unpricedGpuHours: ticksToHours(cost.unpriced),
    heldCost: formatPicos(cost.held),
    spotCost: could ? formatPicos(cost.held - cost.saved) : null,
    saved: could ? formatPicos(cost.saved) : null,
    aloneSaving: could
      ? toTexts(scale.rangeOf(id, moves, monthly, larger(scale.costOf(piece.indexes), monthly)))
      : null,
    startedAt: startMs === null ? null : formatInstant(startMs),
    endedAt: endMs === null ? null : formatInstant(endMs),
    spotHours,
    spotEndsAt: endOnSpot(startMs, spotHours),
    deadlineHours,
    slackHours: spotHours === null || deadlineHours === null ? null : deadlineHours - spotHours,
    ...rest,
  };
}

function endOnSpot(startMs: number | null, hours: number | null): string | null {
  if (startMs === null || hours === null || !Number.isFinite(hours)) return null;
  // To the minute: it is an estimate.
  return formatInstant(Math.round((startMs + hours * HOUR_MS) / 60_000) * 60_000);
}

function poolFigures(
  hours: readonly HolderHour[],
  { pool, id, alone }: JudgedPool,
  prices: KnownPrices,
  scale: Scale,
): SpotPoolFigures[] {
  const { target, gpuModel, place, price, terms, kept } = pool;
  if (id === null || place === null || price === null || terms === null) return [];
  const found = prices.find(place, gpuModel, 'spot')!;
  const onDemand = prices.onDemand(place, gpuModel);
  const held = pieceCost(hours, { indexes: kept }, new Map()).held;
  const expected = scale.toMonth(alone.saved);
  return [
    {
      id,
      target,
      gpuModel,
      provider: place.provider,
      region: place.region,
      workloads: new Set(kept.map((index) => hours[index]!.workloadId)).size,
      onDemandPerGpuHour: onDemand === null ? null : priceText(onDemand),
      spotPerGpuHour: priceText(price),
      priceSource: found.source,
      priceReference: found.reference,
      hoursBetweenPreemptions: terms.preemptions.hoursBetween,
      preemptionsSeen: terms.preemptions.seen,
      isMeasured: terms.preemptions.isMeasured,
      nodesPerJob: terms.nodes,
      checkpointSeconds: terms.checkpointSeconds,
      checkpointsMeasured: terms.measured,
      restartSeconds: terms.times.restart,
      youngSeconds: terms.youngSeconds,
      dalySeconds: terms.intervalSeconds,
      wastedPercent: 100 * terms.wasted,
      heldCost: formatPicos(held),
      spotCost: formatPicos(held - alone.saved),
      saved: formatPicos(alone.saved),
      aloneSaving: toTexts(scale.rangeOf(id, alone.moves, expected, larger(scale.costOf(kept), expected))),
    },
  ];
}

function sumsOf(lines: readonly Line[], scale: Scale): SpotSums {
  const could = lines.filter(({ piece }) => piece.verdict === 'could');
  const sum = (of: readonly Line[], amount: (line: Line) => bigint) =>
    of.reduce((total, line) => total + amount(line), 0n);
  const [couldCost, saved] = [sum(could, ({ cost }) => cost.held), sum(could, ({ cost }) => cost.saved)];
  const range: Range = scale.rangeOf(
    'report/spot',
    could.flatMap(({ moves }) => moves),
    sum(could, ({ monthly }) => monthly),
  );
  return {
    rows: lines.length,
    could: could.length,
    gpuHours: ticksToHours(sum(lines, ({ cost }) => cost.ticks)),
    heldCost: formatPicos(sum(lines, ({ cost }) => cost.held)),
    couldCost: formatPicos(couldCost),
    spotCost: formatPicos(couldCost - saved),
    saved: formatPicos(saved),
    aloneSaving: toTexts(range),
  };
}

function refusedOf(lines: readonly Line[]): SpotRefused[] {
  const refused = lines.filter(({ piece }) => piece.verdict !== 'could');
  return [...groupBy(refused, ({ piece }) => piece.verdict)]
    .map(([verdict, own]) => ({
      verdict,
      why: VERDICT_MEANINGS[verdict],
      workloads: [...new Set(own.map(({ workload }) => workload))].sort(),
      runs: new Set(own.flatMap(({ runIds }) => [...runIds])).size,
      ticks: own.reduce((sum, { cost }) => sum + cost.ticks, 0n),
      held: own.reduce((sum, { cost }) => sum + cost.held, 0n),
    }))
    .toSorted((a, b) => compare(b.held, a.held) || compare(a.verdict, b.verdict))
    .map(({ ticks, held, ...rest }) => ({
      ...rest,
      gpuHours: ticksToHours(ticks),
      heldCost: formatPicos(held),
    }));
}

function sentenceOf(
  { could, aloneSaving }: SpotSums,
  whole: readonly Line[],
  by: SpotReport['by'],
  isEnough: boolean,
  currency: string,
): string {
  if (!isEnough) return `There is too little history to replay: ${LEAST_DAYS} days are needed.`;
  if (whole.length === 0) return 'Nobody held a GPU in this window.';
  const left = whole.filter(({ piece }) => piece.verdict !== 'could').length;
  if (could === 0)
    return `Nothing of this could have run cheaper on spot: none of ${left} runs and workloads, for the reasons below.`;
  const money = (text: string) => BigInt(text.replace('.', '')) * 10_000_000_000n;
  const { low, expected, high } = aloneSaving;
  return `${could} ${plural(by, could)} could have run on spot, which saves ${displayMoney(money(expected), currency)} a month (${displayAmount(roundPicos(money(low), 0), 0)}–${displayAmount(roundPicos(money(high), 0), 0)}); ${left} ${left === 1 ? 'other' : 'others'} could not.`;
}

function plural(by: SpotReport['by'], count: number): string {
  return count === 1 ? by : `${by}s`;
}
