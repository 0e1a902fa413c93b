import { grossOf } from '../../domain/ledger/buckets.ts';
import { grossPicos, type HolderHour } from '../../domain/levers/holder-hour.ts';
import { savedAlone } from '../../domain/levers/plan.ts';
import type { PlanLever, Residual } from '../../domain/levers/plan-lever.ts';
import type { PricedProposal } from '../../domain/levers/priced-proposal.ts';
import { rightSizeProposal } from '../../domain/levers/right-size.ts';
import {
  type HardwareTarget,
  type RightSizeParts,
  weighHardware,
} from '../../domain/levers/weigh-hardware.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { formatInstant, type TimeWindow } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import { TareError } from '../errors.ts';
import { readGeneratedMark } from '../generated-mark.ts';
import { readLatencies } from '../levers/read-levers.ts';
import type { KnownPrices } from '../plan/market-prices.ts';
import { readPricedEvidence, readRightSizeParts } from '../plan/priced-evidence.ts';
import { distinct, pricedCandidate, wholeOf } from '../plan/propose-plan.ts';
import { larger, type PlanParts, readBillHours } from '../plan-bill.ts';
import { HOURS_PER_MONTH, LEAST_DAYS, type Scale, scaleOf, toTexts } from '../plan-savings.ts';
import { reportInference } from '../report-inference.ts';
import type { HardwareReport, HardwareTargetFigures } from '../results/hardware.ts';
import type { HardwareRequest, HardwareSort } from '../tare.ts';
import { hardwarePrices } from './hardware-prices.ts';
import { optionFigures, type Work } from './option-figures.ts';
import { withStated } from './stated-speeds.ts';

/**
 * Every workload on machines that are rented by the hour, beside the kinds of GPU it could run on, judged as the lever `right-size`
 * judges them.
 * @throws TareError when the window has no workload by the name that was asked for
 */
export async function reportHardware(parts: PlanParts, request: HardwareRequest): Promise<HardwareReport> {
  const { store, settings, market } = parts;
  const { window, seed, workload, limit, offset } = request;
  const { machines, all, period } = await readBillHours(store, window);
  const isEnough = period.hours >= LEAST_DAYS * 24 && market !== undefined;
  const scale = scaleOf(all, period, seed);
  const weighed = isEnough ? await weigh(parts, request, machines, period) : NOTHING;
  const lines = linesOf(machines, weighed, scale);
  if (isEnough) checkWorkload(workload, machines);
  const wanted = lines
    .filter((line) => workload === null || line.workload === workload)
    .toSorted(orderOf(request.sort));
  const page = limit === null ? wanted.slice(offset) : wanted.slice(offset, offset + limit);
  const works = page.length === 0 ? NO_WORK : await readWork(parts, window);
  const rows = page.map((line) => rowOf(line, weighed, works, scale));
  const models = new Set(rows.flatMap(({ options }) => options.map(({ gpuModel }) => gpuModel)));
  const changes = wanted.filter(({ proposal }) => proposal !== null);
  const counted = changes.filter(({ proposal }) => proposal!.toMeasure === undefined);
  const saving = sum(counted, ({ saved }) => scale.toMonth(saved));
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
    sentence: sentenceOf(wanted, counted.length, saving, {
      isEnough,
      hasMarket: market !== undefined,
      currency: settings.currency,
    }),
    rows,
    offset,
    nextOffset: offset + page.length < wanted.length ? offset + page.length : null,
    total: {
      targets: wanted.length,
      changes: changes.length,
      trials: changes.length - counted.length,
      heldCost: formatPicos(scale.toMonth(sum(wanted, ({ held }) => held))),
      aloneSaving: formatPicos(saving),
    },
    missing: missingOf(machines, weighed, workload),
    prices: market ? hardwarePrices(market.prices, models, settings.currency, period.toMs) : [],
    generated: await readGeneratedMark(store),
  };
}

type Weighed = Readonly<{
  targets: readonly HardwareTarget[];
  parts: RightSizeParts | null;
  prices: KnownPrices | null;
  whole: Residual;
}>;

const NOTHING: Weighed = {
  targets: [],
  parts: null,
  prices: null,
  whole: { picos: [], ticks: [], gpuModel: [], lifecycle: [] },
};

async function weigh(
  { store, settings, market }: PlanParts,
  { window, sloMs, throughputs }: HardwareRequest,
  machines: readonly HolderHour[],
  period: TimeWindow,
): Promise<Weighed> {
  const { currency } = settings;
  const evidence = await readPricedEvidence(store, market!, machines, { window, period, currency });
  const latencies = await readLatencies(store, window);
  const parts = await readRightSizeParts(store, market!, machines, evidence, window, { latencies, sloMs });
  const stated = {
    ...parts,
    speeds: withStated(parts.speeds, throughputs, (spelled) => market!.hardware.gpuModel(spelled)),
  };
  return {
    targets: weighHardware(stated),
    parts: stated,
    prices: evidence.prices,
    whole: wholeOf(machines),
  };
}

type Line = Readonly<{
  target: HardwareTarget;
  workload: string;
  first: HolderHour;
  held: Picos;
  proposal: PricedProposal | null;
  /** `null` where it is to be tried first. */
  id: string | null;
  moves: ReturnType<typeof savedAlone>['moves'];
  saved: Picos;
}>;

/** Each target that is compared, with its lever under the id that a plan gives it. */
function linesOf(hours: readonly HolderHour[], { targets, whole }: Weighed, scale: Scale): Line[] {
  const compared = targets.filter(({ options }) => options.length > 0);
  const proposals = compared.map((target) => rightSizeProposal(hours, target));
  const counted = proposals.filter(
    (one): one is PricedProposal => one !== null && one.toMeasure === undefined,
  );
  const ids = distinct(counted.map(pricedCandidate)).map(({ id }) => id);
  const idOf = new Map(counted.map((proposal, index) => [proposal, ids[index]!]));
  return compared.map((target, index) => {
    const proposal = proposals[index]!;
    const first = hours[target.scope[0]!]!;
    const alone = proposal === null ? { moves: [], saved: 0n } : savedAlone(whole, leverOf(proposal));
    return {
      target,
      workload: first.workload,
      first,
      held: sum(target.scope, (at) => grossPicos(scale.hours[at]!)),
      proposal,
      id: (proposal && idOf.get(proposal)) ?? null,
      ...alone,
    };
  });
}

function leverOf(proposal: PricedProposal): PlanLever {
  return { ...proposal, id: proposal.target, stage: 'infrastructure' };
}

function orderOf(sort: HardwareSort): (a: Line, b: Line) => number {
  const byName = (a: Line, b: Line) =>
    compare(a.workload, b.workload) || compare(a.first.gpuModel, b.first.gpuModel);
  const keys: Readonly<Record<HardwareSort, (a: Line, b: Line) => number>> = {
    saving: (a, b) => compare(b.saved, a.saved) || compare(b.held, a.held),
    heldCost: (a, b) => compare(b.held, a.held),
    workload: byName,
  };
  return (a, b) => keys[sort](a, b) || byName(a, b);
}

function rowOf(
  line: Line,
  { parts, prices, whole }: Weighed,
  works: Works,
  scale: Scale,
): HardwareTargetFigures {
  const { target, workload, first, held, proposal, id, moves, saved } = line;
  const { scope, place, needs, choice } = target;
  const { kind, gpuModel, team } = first;
  const { p99Ms, limitMs } = parts!.latencyOf(workload);
  const work = workOf(scope, scale.hours, kind, works);
  const expected = scale.toMonth(saved);
  const targetCost = scale.costOf(scope);
  return {
    workload,
    kind,
    owner: team,
    gpuModel,
    provider: place!.provider ?? 'none',
    region: place!.region,
    gpuHours: ticksToHours(sum(scope, (at) => grossOf(scale.hours[at]!.ticks))),
    unpricedGpuHours: ticksToHours(sum(scope, (at) => scale.hours[at]!.unpricedTicks)),
    heldCost: formatPicos(targetCost),
    periodCost: formatPicos(held),
    ...work,
    memoryGib: needs?.memoryGib ?? null,
    busyP99: needs?.busyP99 ?? null,
    samples: needs?.samples ?? null,
    p99Ms,
    limitMs,
    options: optionFigures({
      target,
      workload,
      kind,
      from: gpuModel,
      held,
      work,
      limitMs,
      busyBound: parts!.options.busyBound,
      whole,
      prices: prices!,
      toMonth: scale.toMonth,
    }),
    proposed: choice?.gpuModel ?? null,
    lever: id,
    toMeasure: proposal?.toMeasure ?? null,
    aloneSaving:
      proposal === null
        ? null
        : toTexts(
            scale.rangeOf(id ?? `right-size/${workload}`, moves, expected, larger(targetCost, expected)),
          ),
  };
}

type Works = Readonly<{
  runsOf: ReadonlyMap<string, ReadonlySet<string>>;
  served: ReadonlyMap<string, Readonly<{ requests: number; tokens: number | null }>>;
}>;

const NO_WORK: Works = { runsOf: new Map(), served: new Map() };

/** Runs by the workload that did them, and requests by endpoint as the report on inference counts them. */
async function readWork(parts: PlanParts, window: TimeWindow): Promise<Works> {
  const [attempts, inference] = await Promise.all([
    parts.store.interruptions(window),
    reportInference(
      parts,
      {
        window,
        by: ['endpoint'],
        filters: [],
        top: null,
        basis: 'allocated',
        sloMs: null,
        minQuality: [],
        tokenWeight: null,
        apiPrice: null,
        training: [],
      },
      { latencies: false, endpoints: false },
    ),
  ]);
  const runsOf = new Map<string, Set<string>>();
  for (const { workloadId, runId } of attempts)
    runsOf.set(workloadId, (runsOf.get(workloadId) ?? new Set()).add(runId));
  const served = new Map(
    inference.rows.map(({ endpoint, requests, inputTokens, outputTokens }) => [
      String(endpoint),
      {
        requests,
        tokens:
          inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0),
      },
    ]),
  );
  return { runsOf, served };
}

function workOf(
  scope: readonly number[],
  hours: readonly HolderHour[],
  kind: string,
  { runsOf, served }: Works,
): Work {
  const ids = new Set(scope.map((at) => hours[at]!.workloadId));
  const runs = new Set([...ids].flatMap((id) => [...(runsOf.get(id) ?? [])]));
  const calls = kind === 'inference' ? served.get(hours[scope[0]!]!.workload) : undefined;
  // Requests are of the whole endpoint: where a part of it runs on another kind of GPU, nobody knows which.
  const isWhole =
    calls !== undefined &&
    hours.every(
      ({ workload, workloadId }) =>
        workload !== hours[scope[0]!]!.workload || workloadId === '' || ids.has(workloadId),
    );
  return {
    runs: runs.size > 0 ? runs.size : null,
    requests: isWhole && calls.requests > 0 ? calls.requests : null,
    tokens: isWhole ? calls.tokens : null,
  };
}

function missingOf(
  hours: readonly HolderHour[],
  { targets, parts }: Weighed,
  wanted: string | null,
): HardwareReport['missing'] {
  if (parts === null) return [];
  const found = new Map<string, HardwareReport['missing'][number]>();
  const say = ({ workload, gpuModel }: HolderHour, reason: string) => {
    if (wanted === null || workload === wanted)
      found.set(JSON.stringify([workload, gpuModel, reason]), { workload, gpuModel, reason });
  };
  for (const { scope, place, options, needs } of targets) {
    const hour = hours[scope[0]!]!;
    if (place?.provider === undefined || place.provider === null)
      say(hour, 'nothing says at which provider it runs');
    else if (options.length === 0) say(hour, `no price of ${hour.gpuModel} is known there`);
    else if (needs === null) say(hour, 'too few samples say how much memory and time it needs');
  }
  for (const hour of hours) {
    if (hour.workloadId === '' || hour.kind === 'system' || hour.lifecycle === 'on_demand') continue;
    say(hour, OTHER_LIFECYCLES[hour.lifecycle] ?? `is bought as ${hour.lifecycle}`);
  }
  return [...found.values()].toSorted(
    (a, b) =>
      compare(a.reason, b.reason) || compare(a.workload, b.workload) || compare(a.gpuModel, b.gpuModel),
  );
}

const OTHER_LIFECYCLES: Readonly<Record<string, string>> = {
  spot: 'on spot: another kind is a matter of what is there',
  committed: 'on committed machines, which are paid either way',
  owned: 'on owned machines, which are paid either way',
};

function checkWorkload(wanted: string | null, hours: readonly HolderHour[]): void {
  if (wanted === null || hours.some(({ workload, workloadId }) => workloadId !== '' && workload === wanted))
    return;
  throw new TareError(
    'noSuchWorkload',
    `nothing by the name ${wanted} held a GPU in the window`,
    'tare report ledger --by workload lists what did; or ask about another window',
  );
}

type Told = Readonly<{ isEnough: boolean; hasMarket: boolean; currency: string }>;

function sentenceOf(
  lines: readonly Line[],
  changes: number,
  saving: Picos,
  { isEnough, hasMarket, currency }: Told,
): string {
  if (!hasMarket) return 'No price list and no catalogue of GPUs are at hand.';
  if (!isEnough) return `There is too little history to replay: ${LEAST_DAYS} days are needed.`;
  if (lines.length === 0) return 'Nothing ran on machines that are rented by the hour, with a known price.';
  const all = `${lines.length} ${lines.length === 1 ? 'workload' : 'workloads'}`;
  if (changes === 0) return `The GPUs of ${all} are the cheapest that fit, or hardly more than that.`;
  return `${changes} of ${all} would cost ${displayMoney(saving, currency)} less a month on another GPU.`;
}

function compare<Value extends bigint | string>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sum<Item>(items: readonly Item[], of: (item: Item) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n);
}
