import { grossOf } from '../../domain/ledger/buckets.ts';
import { displayAmount } from '../../domain/money/display-money.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { formatPicos, parsePicos } from '../../domain/money/picos.ts';
import { closestWord } from '../../domain/text/closest-word.ts';
import { formatInstant, type TimeWindow } from '../../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR, ticksToHours } from '../../domain/units/gpu-time.ts';
import type { CallAggregate, CallDimension } from '../../ports/serving.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { TareError } from '../errors.ts';
import { groupAggregates, sumAggregates } from '../figures/aggregates.ts';
import { isUnpriced, ledgerFigures } from '../figures/ledger-figures.ts';
import { windowName } from '../figures/window-name.ts';
import { readGeneratedMark } from '../generated-mark.ts';
import { type InferenceParts, type ReadScope, reportInference } from '../report-inference.ts';
import type { InferenceReport } from '../results/inference.ts';
import type { DeviceLine, EndpointReceipt } from '../results/units.ts';
import type { InferenceRequest, ServingRequest } from '../tare.ts';
import { endpointLines } from './endpoint-lines.ts';

/** By what an endpoint is taken apart, besides its devices. */
const PART_DIMENSIONS = [
  'model',
  'promptVersion',
  'step',
  'team',
  'environment',
] as const satisfies readonly CallDimension[];
const DEVICE_DIMENSIONS = ['gpuModel', 'lifecycle', 'priceSource'] as const;

/** The receipt of one endpoint: from its devices and their prices to the cost of a thousand requests, how fast and how good they were. */
export async function explainServing(
  parts: InferenceParts,
  request: ServingRequest,
): Promise<EndpointReceipt> {
  const { store, settings } = parts;
  const { endpoint, window } = request;
  const report = await reportInference(parts, asked(request, ['endpoint']));
  const row = report.rows.find((one) => one['endpoint'] === endpoint);
  if (!row) throw await noSuchEndpoint(parts, request);
  const { endpoint: _, ...figures } = row;
  const filters = [{ dimension: 'workload', values: [endpoint] }] as const;
  const [ledger, calls, labelled, generated] = await Promise.all([
    store.ledger({ window, by: DEVICE_DIMENSIONS, filters }),
    store.calls({ window, by: ['endpoint', 'serving'] }),
    store.calls({ window, by: ['endpoint', ...PART_DIMENSIONS] }),
    readGeneratedMark(store),
  ]);
  const own = calls.filter(({ key }) => key['endpoint'] === endpoint);
  const told = PART_DIMENSIONS.filter((dimension) => saysMore(labelled, endpoint, dimension));
  const byPart = await Promise.all(
    told.map((dimension) => reportInference(parts, plainly(asked(request, [dimension])), ROWS_ALONE)),
  );
  const size = report.endpoints.find((one) => one.endpoint === endpoint);
  const isApi = size?.serving === 'api';
  const apiSpend = report.apiSpend.filter((one) => one.endpoint === endpoint);
  const whole = ledgerFigures(sumAggregates(ledger));
  const hasDevices = !isApi && ledger.length > 0;
  const price = row.costPer1kRequests === null ? '?' : money(row.costPer1kRequests);
  return {
    currency: settings.currency,
    from: report.from,
    to: report.to,
    endpoint,
    serving: isApi ? 'api' : 'self_hosted',
    row: `endpoint:${endpoint}@${instantsOf(window)}`,
    title: `${price} ${settings.currency} for 1,000 requests of ${endpoint}, ${windowName(window)}`,
    lines: endpointLines(groupAggregates(ledger, ['priceSource', 'gpuModel']), own, row, size, apiSpend),
    figures,
    devices: isApi ? [] : ledger.filter(({ ticks }) => grossOf(ticks) !== 0n).map(deviceLine),
    direct: hasDevices ? whole.direct : '0.00',
    shared: hasDevices ? whole.shared : '0.00',
    gpuHoursByBucket: hasDevices ? whole.gpuHours : null,
    costByBucket: hasDevices ? whole.cost : null,
    parts: told.flatMap((dimension, index) => partOf(dimension, byPart[index]!)),
    size: size ?? null,
    apiSpend,
    generated,
  };
}

function asked({ endpoint, ...request }: ServingRequest, by: readonly CallDimension[]): InferenceRequest {
  const filters = [{ dimension: 'endpoint' as const, values: [endpoint] }];
  return { ...request, by, filters, top: null, basis: 'allocated' };
}

function instantsOf({ fromMs, toMs }: TimeWindow): string {
  return `${formatInstant(fromMs)}..${formatInstant(toMs)}`;
}

function deviceLine(aggregate: LedgerAggregate): DeviceLine {
  const { key, ticks, cost } = aggregate;
  const [hours, picos] = [grossOf(ticks), grossOf(cost)];
  const isKnown = !isUnpriced(aggregate);
  return {
    gpuModel: key['gpuModel'] ?? '',
    lifecycle: key['lifecycle'] ?? '',
    priceSource: key['priceSource'] ?? '',
    gpuHours: ticksToHours(hours),
    perGpuHour: isKnown ? formatPicos(divideHalfEven(picos * TICKS_PER_GPU_HOUR, hours)) : null,
    amount: isKnown ? formatPicos(picos) : null,
  };
}

const ROWS_ALONE: ReadScope = { latencies: true, endpoints: false };

/** Prices of APIs say nothing of a part. */
function plainly(request: InferenceRequest): InferenceRequest {
  return { ...request, apiPrice: null, against: [] };
}

/** One value is the endpoint itself, and says nothing new. */
function saysMore(calls: readonly CallAggregate[], endpoint: string, dimension: string): boolean {
  const own = calls.filter(({ key }) => key['endpoint'] === endpoint);
  return new Set(own.map(({ key }) => key[dimension])).size > 1;
}

function partOf(by: string, { rows }: InferenceReport): EndpointReceipt['parts'] {
  if (rows.length < 2) return [];
  return [{ by, rows: rows.map((row) => ({ ...row, value: String(row[by]) })) }];
}

async function noSuchEndpoint(parts: InferenceParts, request: ServingRequest): Promise<TareError> {
  const { endpoint, window } = request;
  const all = await reportInference(parts, { ...asked(request, ['endpoint']), filters: [] });
  const known = all.rows.map((row) => String(row['endpoint']));
  const meant = closestWord(endpoint, known);
  const list =
    known.length === 0 ? 'no endpoint is known there' : `endpoints: ${known.slice(0, 5).join(', ')}`;
  return new TareError(
    'noSuchRow',
    `no endpoint "${endpoint}" was paid for or asked in ${windowName(window)}`,
    meant ? `did you mean ${meant}? ${list}` : list,
  );
}

function money(text: string): string {
  return displayAmount(parsePicos(text)!.picos, 4);
}
