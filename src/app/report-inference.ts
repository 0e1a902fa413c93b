import { groupBy } from '../domain/collections/group-by.ts';
import type { TokenPrice } from '../domain/economics/unit-costs.ts';
import type { RevenueFact } from '../domain/facts/facts.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { formatPicos, parsePicos } from '../domain/money/picos.ts';
import { formatInstant, type TimeWindow } from '../domain/time/window.ts';
import { ticksToHours } from '../domain/units/gpu-time.ts';
import type { LoadModelPrices } from '../ports/model-price-book.ts';
import type { CallDimension, ScoreAggregate } from '../ports/serving.ts';
import type { LedgerAggregate, LedgerDimension, Store } from '../ports/store.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { isUnpriced, totalPicos } from './figures/ledger-figures.ts';
import { percent } from './figures/money-sentence.ts';
import { windowName } from './figures/window-name.ts';
import { checkModels } from './inference/api-prices.ts';
import { API_SPEND_DIMENSIONS, type ApiCalls, apiSpend, type OwnServers } from './inference/api-spend.ts';
import { addEarnings, revenueSegments } from './inference/earnings.ts';
import { type ApiReferences, endpointFigures } from './inference/endpoint-figures.ts';
import { type EarningServed, inferenceFigures } from './inference/inference-figures.ts';
import { inferenceWarnings } from './inference/inference-warnings.ts';
import {
  type CallFilter,
  readBar,
  readThroughput,
  readTokenPrice,
  readTokenWeight,
  readTraining,
} from './inference/read-options.ts';
import { keyText, pick, type Resolved, resolveServed, sumKnownPicos } from './inference/served.ts';
import { priceServed } from './inference/serving-costs.ts';
import { checkDimensions, type ReportParts } from './report-ledger.ts';
import type { InferenceFigures, InferenceReconciliation, InferenceReport } from './results/inference.ts';
import type { InferenceRequest } from './tare.ts';

/** Without published prices, nothing can be compared by name. */
export type InferenceParts = ReportParts & Readonly<{ loadModelPrices?: LoadModelPrices | undefined }>;

/** What else is read besides what the rows cost: for a figure that is one of many, less is enough. */
export type ReadScope = Readonly<{
  latencies: boolean;
  /** Size and break-even of each endpoint, and what API calls would cost on servers of one's own. */
  endpoints: boolean;
}>;

const EVERYTHING: ReadScope = { latencies: true, endpoints: true };

/**
 * What serving cost, by 1,000 requests and by a million tokens, beside how fast and how good it was. On the allocated basis the rows
 * of self-hosted endpoints add up to what the ledger holds for inference.
 */
export async function reportInference(
  { store, settings, loadModelPrices }: InferenceParts,
  request: InferenceRequest,
  scope: ReadScope = EVERYTHING,
): Promise<InferenceReport> {
  const options = readOptions(request);
  checkTags(request, settings);
  const references = await readReferences(request, options.apiPrice, loadModelPrices, settings.currency);
  const { window, by, filters, basis } = request;
  const revenues = [...(await store.revenues()), ...(settings.revenues ?? [])];
  const fine = fineDimensions(by, filters, revenues.length > 0 || options.trainings.length > 0);
  const [resolved, ledger, scores, peaks, segments, apiBilled] = await Promise.all([
    readServed(store, window, fine, scope),
    readLedger(store, window, fine),
    readScores(store, request, options.bars),
    scope.endpoints ? store.servingPeaks(window) : [],
    readSegments(store, window, fine, revenues),
    readApiBill(store, window),
  ]);
  const cost = await withOtherKinds(store, window, fine, resolved, ledger);
  const costed = priceServed(resolved.served, cost, { by: fine, basis, tokenWeight: options.tokenWeight });
  const earning = addEarnings(costed, segments, revenues, options.trainings, fine).filter((one) =>
    filters.every(({ dimension, values }) => values.includes(one.key[dimension] ?? '')),
  );
  const figures = (members: readonly EarningServed[], judged: readonly ScoreAggregate[]) =>
    inferenceFigures(members, judged, { basis, sloMs: request.sloMs, bars: options.bars });
  const rows = [...groupBy(earning, ({ key }) => keyText(key, by))].map(([name, members]) => ({
    ...pick(members[0]!.key, by),
    ...figures(
      members,
      scores.filter(({ key }) => keyText(key, by) === name),
    ),
    members,
  }));
  const sorted = rows.toSorted(orderOf(by));
  const isTimed = by.includes('day') || by.includes('hour');
  const kept = request.top === null || isTimed ? sorted : sorted.slice(0, request.top);
  const leftOut = sorted.slice(kept.length).flatMap(({ members }) => members);
  const total = figures(earning, scores);
  const endpoints = endpointFigures(earning, peaks, window, references);
  const hasApi = scope.endpoints && resolved.served.some(({ key }) => key['serving'] === 'api');
  return {
    currency: settings.currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    by,
    basis,
    sentence: sentenceOf(window, settings.currency, total),
    rows: by.length === 0 ? [] : kept.map(({ members: _, ...row }) => row),
    rest: leftOut.length === 0 ? null : { rows: sorted.length - kept.length, ...figures(leftOut, []) },
    total,
    endpoints,
    apiSpend: hasApi
      ? apiSpend(await readApiCalls(store, request), {
          ...(await readOwnLedger(store, window)),
          costed,
          peaks,
          throughputs: options.throughputs,
          tokenWeight: options.tokenWeight,
        })
      : [],
    reconciliation: reconcile(ledger, costed, apiBilled),
    warnings: inferenceWarnings(
      kept,
      endpoints,
      resolved,
      by,
      ticksToHours(sumAggregates(cost).unpricedTicks),
    ),
  };
}

/** A tag without a rule would be `none` in every row. */
function checkTags({ by, filters }: InferenceRequest, settings: ReportParts['settings']): void {
  const asked = [...by, ...filters.map(({ dimension }) => dimension)];
  checkDimensions(
    asked.filter((dimension): dimension is `tag:${string}` => dimension.startsWith('tag:')),
    settings,
  );
}

function readOptions({ minQuality, tokenWeight, apiPrice, training, throughput }: InferenceRequest) {
  return {
    throughputs: (throughput ?? []).map(readThroughput),
    bars: minQuality.map(readBar),
    tokenWeight: tokenWeight === null ? null : readTokenWeight(tokenWeight),
    apiPrice: apiPrice === null ? null : readTokenPrice(apiPrice),
    trainings: training.map(readTraining),
  };
}

/** The list of published prices is large: it is read when somebody compares with it. */
async function readReferences(
  { against = [], window }: InferenceRequest,
  price: TokenPrice | null,
  load: LoadModelPrices | undefined,
  currency: string,
): Promise<ApiReferences> {
  const book = against.length === 0 || load === undefined ? null : await load();
  if (book !== null) checkModels(book, against, window.toMs - 1, currency);
  return { price, against, book, currency };
}

/** By hour, since servers of one's own have to do for the busiest. */
async function readApiCalls(store: Store, { window, filters }: InferenceRequest): Promise<ApiCalls> {
  const asked = filters.map(({ dimension }) => dimension);
  const by = [...new Set<CallDimension>([...API_SPEND_DIMENSIONS, ...asked])];
  const calls = await store.calls({ window, by, serving: 'api' });
  return calls.filter(
    ({ key, source }) =>
      source === 'calls' &&
      filters.every(
        ({ dimension, values }) => dimension === 'serving' || values.includes(key[dimension] ?? ''),
      ),
  );
}

async function readOwnLedger(
  store: Store,
  window: TimeWindow,
): Promise<Pick<OwnServers, 'ofEndpoints' | 'ofModels'>> {
  const filters = [{ dimension: 'kind', values: ['inference'] }] as const;
  const [ofEndpoints, ofModels] = await Promise.all([
    store.ledger({ window, by: ['workload', 'gpuModel'], filters }),
    store.ledger({ window, by: ['gpuModel'], filters: [] }),
  ]);
  return { ofEndpoints, ofModels };
}

/** What has to be told apart to price a row, whatever it is shown by. */
function fineDimensions(
  by: readonly CallDimension[],
  filters: readonly CallFilter[],
  needsModel: boolean,
): CallDimension[] {
  const more: CallDimension[] = needsModel ? ['model'] : [];
  return [
    ...new Set<CallDimension>([
      'endpoint',
      'serving',
      ...more,
      ...by,
      ...filters.map((one) => one.dimension),
    ]),
  ];
}

async function readServed(
  store: Store,
  window: TimeWindow,
  by: readonly CallDimension[],
  scope: ReadScope,
): Promise<Resolved> {
  const [calls, latencies] = await Promise.all([
    store.calls({ window, by }),
    scope.latencies ? store.latencies({ window, by }) : [],
  ]);
  return resolveServed(calls, latencies, by);
}

/** Dimensions that the ledger tells apart, too. */
const LEDGER_TOO = ['team', 'environment', 'day', 'hour'] as const satisfies readonly LedgerDimension[];

function ledgerDimensions(by: readonly CallDimension[]): LedgerDimension[] {
  const tags = by.filter((dimension) => dimension.startsWith('tag:')) as `tag:${string}`[];
  return ['workload', ...LEDGER_TOO.filter((dimension) => by.includes(dimension)), ...tags];
}

function readLedger(
  store: Store,
  window: TimeWindow,
  by: readonly CallDimension[],
): Promise<readonly LedgerAggregate[]> {
  const filters = [{ dimension: 'kind', values: ['inference'] }] as const;
  return store.ledger({ window, by: ledgerDimensions(by), filters });
}

/** An endpoint may be a workload of another kind: a pod without a controller counts as batch. */
async function withOtherKinds(
  store: Store,
  window: TimeWindow,
  by: readonly CallDimension[],
  { served }: Resolved,
  ledger: readonly LedgerAggregate[],
): Promise<readonly LedgerAggregate[]> {
  const known = new Set(ledger.map(({ key }) => key['workload']));
  const own = served.filter(({ key }) => key['serving'] !== 'api').map(({ key }) => key['endpoint']!);
  const values = [...new Set(own)].filter((name) => !known.has(name));
  if (values.length === 0) return ledger;
  const filters = [{ dimension: 'workload', values }] as const;
  return [...ledger, ...(await store.ledger({ window, by: ledgerDimensions(by), filters }))];
}

function readScores(
  store: Store,
  { window, by, filters }: InferenceRequest,
  bars: ReturnType<typeof readOptions>['bars'],
): Promise<readonly ScoreAggregate[]> {
  const dimensions = [...new Set<CallDimension>([...by, ...filters.map(({ dimension }) => dimension)])];
  return store
    .scores({ window, by: dimensions, bars })
    .then((scores) =>
      scores.filter(({ key }) =>
        filters.every(({ dimension, values }) => values.includes(key[dimension] ?? '')),
      ),
    );
}

async function readSegments(
  store: Store,
  window: TimeWindow,
  by: readonly CallDimension[],
  revenues: readonly RevenueFact[],
) {
  if (revenues.length === 0) return [];
  return Promise.all(
    revenueSegments(window, revenues).map(async (segment) => {
      const calls = await store.calls({ window: segment, by });
      return { window: segment, served: resolveServed(calls, [], by).served };
    }),
  );
}

const AI_SERVICES = 'AI and Machine Learning';

/** What bills say about AI services that are no GPU time. Shown beside the calls, never added to them. */
async function readApiBill(store: Store, window: TimeWindow): Promise<bigint | null> {
  const charges = await store.charges({ window, by: ['use', 'serviceCategory'] });
  const own = charges.filter(({ key }) => key['serviceCategory'] === AI_SERVICES && key['use'] !== 'gpu');
  return sumKnownPicos(own.map(({ costPicos }) => costPicos));
}

function reconcile(
  ledger: readonly LedgerAggregate[],
  costed: ReturnType<typeof priceServed>,
  apiBilled: bigint | null,
): InferenceReconciliation {
  const ofInference = new Set(ledger.map(({ key }) => key['workload']));
  // As they were priced: by workload and cell of time.
  const cellOf = ({ key }: LedgerAggregate) => JSON.stringify([key['workload'], key['day'], key['hour']]);
  const unpriced = [...groupBy(ledger, cellOf).values()]
    .map((rows) => sumAggregates(rows))
    .filter(isUnpriced);
  const held = totalPicos(sumAggregates(ledger)) - totalPicos(sumAggregates(unpriced));
  const sum = (isApi: boolean) =>
    costed
      .filter(
        ({ key }) => (key['serving'] === 'api') === isApi && (isApi || ofInference.has(key['endpoint'])),
      )
      .reduce((total, { cost }) => total + (cost?.allocatedPicos ?? 0n), 0n);
  return {
    ledger: formatPicos(held),
    rows: formatPicos(sum(false)),
    difference: formatPicos(held - sum(false)),
    apiCalls: formatPicos(sum(true)),
    apiBilled: apiBilled === null ? null : formatPicos(apiBilled),
  };
}

/** Largest cost first, then most requests; days and hours in the order of time. */
function orderOf(by: readonly CallDimension[]) {
  const time = by.filter((dimension) => dimension === 'day' || dimension === 'hour');
  type Sortable = InferenceFigures & Readonly<Record<string, unknown>>;
  const text = (row: Sortable, names: readonly string[]) => JSON.stringify(names.map((name) => row[name]));
  return (a: Sortable, b: Sortable): number => {
    const [left, right] = [text(a, time), text(b, time)];
    if (left !== right) return left < right ? -1 : 1;
    const [cheap, dear] = [a, b].map(({ cost }) => (cost === null ? -1n : parsePicos(cost)!.picos));
    if (cheap !== dear) return cheap! > dear! ? -1 : 1;
    return b.requests - a.requests || (text(a, by) < text(b, by) ? -1 : 1);
  };
}

function sentenceOf(window: TimeWindow, currency: string, total: InferenceFigures): string {
  const name = windowName(window);
  if (total.requests === 0 && total.cost === null) return `${name}: no inference is known.`;
  const requests = `${total.requests.toLocaleString('en-US')} requests`;
  if (total.cost === null) return `${name}: ${requests}, and nobody knows what they cost.`;
  const money = (text: string) => displayMoney(parsePicos(text)!.picos, currency);
  const each =
    total.costPer1kRequests === null ? '' : `, ${perThousand(total.costPer1kRequests, currency)} per 1,000`;
  const used =
    total.utilisation === null ? '' : ` ${capitalised(percent(total.utilisation))} of it was at work.`;
  return `${name}: ${requests} for ${money(total.cost)}${each}.${used}`;
}

/** A thousand requests may cost less than a cent. */
function perThousand(text: string, currency: string): string {
  const { picos } = parsePicos(text)!;
  return picos >= 1_000_000_000_000n || picos === 0n
    ? displayMoney(picos, currency)
    : `${currency === 'USD' ? '$' : `${currency} `}${Number(text).toPrecision(3)}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
