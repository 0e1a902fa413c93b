import type { InferenceReport } from '../../../src/app/results/inference.ts';
import type { EndpointReceipt, UnitsReport } from '../../../src/app/results/units.ts';
import type { WindowState } from '../state/url-state.ts';
import { windowQuery } from '../state/url-state.ts';
import type { JudgedState, UnitsState } from '../units/units-state.ts';
import { FILTERS } from '../units/units-state.ts';
import { askApi, askCsv, hasParts } from './ask-api.ts';

/** More rows are summed in one; the CSV has them all. */
export const MOST_ROWS = 100;

/** Rows of the page's grouping, and each endpoint's size and break-even. */
export function fetchInference(state: UnitsState, signal: AbortSignal): Promise<InferenceReport> {
  return askApi(inferencePath(state, MOST_ROWS), signal, isInferenceReport);
}

export function fetchInferenceCsv(state: UnitsState): Promise<string> {
  return askCsv(inferencePath(state, null));
}

/** Days or hours, and what moved the cost against the time before. */
export function fetchUnits(state: UnitsState, signal: AbortSignal): Promise<UnitsReport> {
  return askApi(unitsPath(state), signal, isUnitsReport);
}

export function fetchUnitsCsv(state: UnitsState): Promise<string> {
  return askCsv(unitsPath(state));
}

/** What there is to choose from in a window. */
export function fetchUnitChoices(window: WindowState, signal: AbortSignal): Promise<InferenceReport> {
  const query = windowQuery(window);
  query.set('by', FILTERS.join(','));
  return askApi(`/api/v1/inference?${query}`, signal, isInferenceReport);
}

/** The days on which anything was served, of all time. */
export function fetchServedDays(signal: AbortSignal): Promise<InferenceReport> {
  return askApi('/api/v1/inference?from=2000-01-01&to=2100-01-01&by=day', signal, isInferenceReport);
}

export function fetchEndpoint(
  endpoint: string,
  state: JudgedState & WindowState,
  signal: AbortSignal,
): Promise<EndpointReceipt> {
  const query = judgedQuery(state);
  return askApi(`/api/v1/endpoints/${encodeURIComponent(endpoint)}?${query}`, signal, isReceipt);
}

export function inferencePath(state: UnitsState, top: number | null): string {
  const query = filteredQuery(state);
  query.set('by', state.by.join(','));
  if (top !== null) query.set('top', String(top));
  return `/api/v1/inference?${query}`;
}

export function unitsPath(state: UnitsState): string {
  const query = filteredQuery(state);
  // What it is compared with moves nothing.
  query.delete('apiPrice');
  query.delete('against');
  return `/api/v1/units?${query}`;
}

function filteredQuery(state: UnitsState): URLSearchParams {
  const query = judgedQuery(state);
  if (state.basis === 'used') query.set('basis', 'used');
  for (const name of FILTERS) if (state[name]) query.append('filter', `${name}=${state[name]}`);
  return query;
}

function judgedQuery(state: JudgedState & WindowState): URLSearchParams {
  const query = windowQuery(state);
  if (state.sloMs !== null) query.set('sloMs', String(state.sloMs));
  if (state.minQuality) query.set('minQuality', state.minQuality);
  if (state.apiPrice) query.set('apiPrice', state.apiPrice);
  for (const model of state.against.split(',')) query.append('against', model.trim());
  return query;
}

function isInferenceReport(body: unknown): body is InferenceReport {
  return hasParts(body, ['sentence', 'rows', 'total', 'endpoints']);
}

function isUnitsReport(body: unknown): body is UnitsReport {
  return hasParts(body, ['sentence', 'points', 'change']);
}

function isReceipt(body: unknown): body is EndpointReceipt {
  return hasParts(body, ['endpoint', 'figures', 'devices', 'lines']);
}
