import type { BreakEvenFigures, EndpointFigures } from '../../../src/app/results/inference.ts';
import { parseDecimal, toNumber } from '../format/decimal.ts';
import { threeDigits } from '../format/latency.ts';
import { exactMoney, UNKNOWN } from '../format/money.ts';
import { formatPercent } from '../format/quantity.ts';
import { formatUnitMoney } from '../format/unit-money.ts';

/** An API that answers the same requests at a price that does not follow the traffic. */
export type ApiLine = Readonly<{
  name: string;
  price: string;
  exact: string;
  value: number;
  evenAt: string;
  evenShare: string;
  /** As a share of the busiest; above 1 no traffic that was seen would do. */
  evenFraction: number | null;
  cheaper: string;
  reference: string | null;
}>;

export type CurveView = Readonly<{
  requestsPerHour: number;
  rate: string;
  share: string;
  value: number | null;
  own: string;
  exact: string;
}>;

export type BreakEvenView = Readonly<{
  endpoint: string;
  curve: readonly CurveView[];
  current: CurveView;
  apis: readonly ApiLine[];
  costPerHour: string;
  /** The answer in one sentence, and the picture in another. */
  sentence: string;
  summary: string;
}>;

/** Endpoints that something can be compared with, dearest first. */
export function comparable(endpoints: readonly EndpointFigures[]): readonly EndpointFigures[] {
  return endpoints.filter((endpoint) => comparisonsOf(endpoint).length > 0);
}

/** From which traffic on servers of one's own cost less than an API, and where this endpoint stands. */
export function viewBreakEven(endpoint: EndpointFigures, currency: string): BreakEvenView | null {
  const comparisons = comparisonsOf(endpoint);
  const [first] = comparisons;
  if (!first) return null;
  const apis = comparisons.map((one) => apiLine(one, currency));
  const current = curveView(first.figures.current, currency);
  return {
    endpoint: endpoint.endpoint,
    curve: first.figures.curve.map((point) => curveView(point, currency)),
    current,
    apis,
    costPerHour: formatUnitMoney(first.figures.costPerHour, currency),
    sentence: sentenceOf(endpoint, apis, current),
    summary: `At ${current.rate} requests an hour 1,000 requests cost ${current.own} on servers of one's own. ${apis.map(({ name, price }) => `${name} asks ${price}`).join('; ')}.`,
  };
}

type Comparison = Readonly<{ name: string; reference: string | null; figures: BreakEvenFigures }>;

function comparisonsOf({ breakEven, comparisons }: EndpointFigures): readonly Comparison[] {
  const named = comparisons.map((figures) => ({
    name: figures.model,
    reference: figures.priceReference.replace(figures.model, '').trim(),
    figures,
  }));
  return breakEven === null
    ? named
    : [{ name: 'stated price', reference: null, figures: breakEven }, ...named];
}

function apiLine({ name, reference, figures }: Comparison, currency: string): ApiLine {
  const { apiCostPer1kRequests, requestsPerHour, utilisation, cheaper } = figures;
  return {
    name,
    price: formatUnitMoney(apiCostPer1kRequests, currency),
    exact: exactMoney(apiCostPer1kRequests, currency),
    value: toNumber(parseDecimal(apiCostPer1kRequests) ?? 0n),
    evenAt: requestsPerHour === null ? 'never' : threeDigits(requestsPerHour),
    evenShare: utilisation === null ? UNKNOWN : formatPercent(utilisation),
    evenFraction: utilisation,
    cheaper: CHEAPER[cheaper],
    reference,
  };
}

const CHEAPER = { self_hosted: 'own servers', api: 'the API', same: 'both the same' } as const;

function curveView(point: BreakEvenFigures['current'], currency: string): CurveView {
  const own = point.selfHostedPer1kRequests;
  return {
    requestsPerHour: point.requestsPerHour,
    rate: threeDigits(point.requestsPerHour),
    share: point.utilisation === null ? UNKNOWN : formatPercent(point.utilisation),
    value: own === null ? null : toNumber(parseDecimal(own) ?? 0n),
    own: formatUnitMoney(own, currency),
    exact: exactMoney(own, currency),
  };
}

function sentenceOf(
  { endpoint }: EndpointFigures,
  apis: readonly ApiLine[],
  { own, share }: CurveView,
): string {
  const used = share === UNKNOWN ? '' : ` at ${share} of its busiest`;
  const less = apis.filter(({ cheaper }) => cheaper === CHEAPER.api);
  if (less.length === 0) {
    const cheapest = apis.reduce((least, one) => (one.value < least.value ? one : least));
    return `${endpoint} costs ${own} per 1,000${used}, and no API here asks less: ${cheapest.name} ${cheapest.price}.`;
  }
  const count = apis.length === 1 ? less[0]!.name : `${less.length} of ${apis.length} APIs`;
  return `${endpoint} costs ${own} per 1,000${used}. ${count} ${less.length === 1 ? 'asks' : 'ask'} less; ${nextText(less)}.`;
}

/** The dearest of the cheaper ones is the first that more traffic would beat. */
function nextText(less: readonly ApiLine[]): string {
  const next = less.reduce((most, one) => (one.value > most.value ? one : most));
  return next.evenFraction !== null && next.evenFraction <= 1
    ? `from ${next.evenAt} requests an hour, ${next.evenShare} of its busiest, it would cost less than ${next.name} at ${next.price}`
    : 'no traffic that was seen would make it cheaper than these';
}

/** Where the pointer stands, as the nearest point of the curve. */
export function nearestPoint(curve: readonly CurveView[], requestsPerHour: number): number | null {
  if (curve.length === 0) return null;
  const distance = ({ requestsPerHour: at }: CurveView) => Math.abs(at - requestsPerHour);
  return curve.reduce((best, one, index) => (distance(one) < distance(curve[best]!) ? index : best), 0);
}

export function curveText({ rate, share, own }: CurveView): string {
  return `At ${rate} requests an hour (${share} of the busiest): ${own} per 1,000.`;
}
