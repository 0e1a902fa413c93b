import { groupBy } from '../../domain/collections/group-by.ts';
import { type BreakEven, breakEven, type CurvePoint } from '../../domain/economics/break-even.ts';
import {
  DIAGNOSIS_MEANINGS,
  diagnoseEndpoint,
  replicasNeeded,
} from '../../domain/economics/diagnose-endpoint.ts';
import { type PricedTokens, per1k, priceTokens, type TokenPrice } from '../../domain/economics/unit-costs.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { ModelPriceBook } from '../../ports/model-price-book.ts';
import type { ServingPeak } from '../../ports/serving.ts';
import type { BreakEvenFigures, CurvePointFigures, EndpointFigures } from '../results/inference.ts';
import { type ApiCost, apiCost, type ComparedModel, modelsToCompare } from './api-prices.ts';
import { addUp, type Served, sumKnownPicos } from './served.ts';
import type { CostedServed } from './serving-costs.ts';

/** What endpoints are compared with: a price that was stated, and models of APIs by name. */
export type ApiReferences = Readonly<{
  price: TokenPrice | null;
  /** As `--against` names them. */
  against: readonly string[];
  /** `null` without anything to look up. */
  book: ModelPriceBook | null;
  currency: string;
}>;

/** Each endpoint over the whole window: its size against its busiest moment, and its price against an API's. */
export function endpointFigures(
  costed: readonly CostedServed[],
  peaks: readonly ServingPeak[],
  window: TimeWindow,
  references: ApiReferences,
): EndpointFigures[] {
  const groups = groupBy(costed, ({ key }) => JSON.stringify([key['endpoint'], key['serving'] === 'api']));
  return [...groups.values()]
    .map((members) => {
      const { endpoint = '', serving } = members[0]!.key;
      const peak = peaks.find((one) => one.endpoint === endpoint);
      return figuresOf(
        endpoint,
        serving === 'api' ? 'api' : 'self_hosted',
        members,
        peak,
        window,
        references,
      );
    })
    .sort((a, b) => Number(b.cost ?? 0) - Number(a.cost ?? 0) || (a.endpoint < b.endpoint ? -1 : 1));
}

function figuresOf(
  endpoint: string,
  serving: EndpointFigures['serving'],
  members: readonly CostedServed[],
  peak: ServingPeak | undefined,
  window: TimeWindow,
  references: ApiReferences,
): EndpointFigures {
  const [served] = addUp(members, []);
  const { requests } = served!;
  const hours = (window.toMs - window.fromMs) / HOUR_MS;
  const allocated = sumKnownPicos(members.map(({ cost }) => cost?.allocatedPicos ?? null));
  const used = sumKnownPicos(members.map(({ cost }) => cost?.usedPicos ?? null));
  const isOwn = serving === 'self_hosted';
  const compared = isOwn ? comparedModels(served!, window, references) : [];
  const apiPer1k = isOwn ? referencePer1k(served!, references.price, compared) : null;
  const needed =
    peak?.busiestReplicaPerHour == null
      ? null
      : replicasNeeded(peak.requestsPerHour, peak.busiestReplicaPerHour);
  const replicas = peak?.replicas ?? null;
  const diagnosis = diagnoseEndpoint({
    requests,
    allocatedPer1kPicos: isOwn ? per1k(allocated, requests) : null,
    usedPer1kPicos: isOwn ? per1k(used, requests) : null,
    referencePer1kPicos: apiPer1k,
    replicas,
    replicasNeeded: needed,
  });
  const ticks = members.reduce((sum, { cost }) => sum + (cost?.ticks ?? 0n), 0n);
  const rate = requests / hours;
  return {
    endpoint,
    serving,
    requests,
    requestsPerHour: rate,
    cost: allocated === null ? null : formatPicos(allocated),
    gpuHours: isOwn && allocated !== null ? ticksToHours(ticks) : null,
    peakRequestsPerHour: peak?.requestsPerHour ?? null,
    replicas,
    replicasNeeded: needed,
    diagnosis: isOwn ? diagnosis : 'fine',
    meaning: isOwn ? DIAGNOSIS_MEANINGS[diagnosis] : 'an API is paid by the call',
    breakEven: breakEvenOf(allocated, apiPer1k, rate, peak?.requestsPerHour ?? 0, hours),
    comparisons: compared.flatMap(({ name, reference, assumptions, per1kPicos }) => {
      const found = breakEvenOf(allocated, per1kPicos, rate, peak?.requestsPerHour ?? 0, hours);
      return found === null ? [] : [{ model: name, priceReference: reference, assumptions, ...found }];
    }),
  };
}

type Compared = ComparedModel & Pick<ApiCost, 'reference' | 'assumptions'> & Readonly<{ per1kPicos: Picos }>;

/** Cheapest first. Only what counts tokens can be priced by them. */
function comparedModels(
  { requests, tokens }: Served,
  window: TimeWindow,
  references: ApiReferences,
): Compared[] {
  const { book, against, currency } = references;
  if (book === null || tokens.input === null || requests === 0) return [];
  const asked = { requests, ...pricedTokens(tokens) };
  return modelsToCompare(against, !tokens.output)
    .flatMap((model) => {
      const cost = apiCost(book, model, asked, window.toMs - 1, currency);
      return cost === null ? [] : [{ ...model, ...cost, per1kPicos: per1k(cost.picos, requests)! }];
    })
    .sort((a, b) => (a.per1kPicos < b.per1kPicos ? -1 : a.per1kPicos > b.per1kPicos ? 1 : 0));
}

/** A stated price goes before a stated model; the default list judges nobody. */
function referencePer1k(
  { requests, tokens }: Served,
  price: TokenPrice | null,
  compared: readonly Compared[],
): Picos | null {
  if (price === null || tokens.input === null)
    return compared.find(({ isStated }) => isStated)?.per1kPicos ?? null;
  return per1k(priceTokens(pricedTokens(tokens), price), requests);
}

function pricedTokens({ input, cachedInput, output }: Served['tokens']): PricedTokens {
  return { inputTokens: input, cachedInputTokens: cachedInput, outputTokens: output };
}

function breakEvenOf(
  allocated: Picos | null,
  apiPer1k: Picos | null,
  requestsPerHour: number,
  capacityPerHour: number,
  hours: number,
): BreakEvenFigures | null {
  if (allocated === null || apiPer1k === null) return null;
  const costPerHourPicos = divideHalfEven(allocated, BigInt(hours));
  const found: BreakEven = breakEven({ costPerHourPicos, requestsPerHour, capacityPerHour }, apiPer1k);
  return {
    apiCostPer1kRequests: formatPicos(apiPer1k),
    costPerHour: formatPicos(costPerHourPicos),
    requestsPerHour: found.requestsPerHour,
    utilisation: found.utilisation,
    cheaper: found.cheaper,
    current: pointFigures(found.current),
    curve: found.curve.map(pointFigures),
  };
}

function pointFigures(point: CurvePoint): CurvePointFigures {
  return {
    utilisation: point.utilisation,
    requestsPerHour: point.requestsPerHour,
    selfHostedPer1kRequests:
      point.selfHostedPer1kPicos === null ? null : formatPicos(point.selfHostedPer1kPicos),
    apiPer1kRequests: formatPicos(point.apiPer1kPicos),
  };
}
