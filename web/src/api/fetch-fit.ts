import type { HardwareReport } from '../../../src/app/results/hardware.ts';
import type { SpotReport } from '../../../src/app/results/spot.ts';
import { HARDWARE_PAGE_ROWS, type HardwareState } from '../hardware/hardware-state.ts';
import { SPOT_PAGE_ROWS, type SpotState } from '../spot/spot-state.ts';
import { windowQuery } from '../state/url-state.ts';
import { askApi, askCsv, hasParts } from './ask-api.ts';

/** A page of what could have run on spot. Rejects with a `ProblemError`. */
export function fetchSpot(state: SpotState, signal: AbortSignal): Promise<SpotReport> {
  const query = spotQuery(state);
  query.set('limit', String(SPOT_PAGE_ROWS));
  if (state.page > 1) query.set('offset', String((state.page - 1) * SPOT_PAGE_ROWS));
  return askApi(`/api/v1/report/spot?${query}`, signal, isSpot);
}

const MOST_RUNS = 1_000;

/** Runs that could have been on spot, the largest saving first: to choose one of. */
export function fetchSpotRuns(state: SpotState, signal: AbortSignal): Promise<SpotReport> {
  const query = spotQuery({ ...state, by: 'run', only: 'could', sort: 'saved', workload: null });
  query.set('limit', String(MOST_RUNS));
  return askApi(`/api/v1/report/spot?${query}`, signal, isSpot);
}

/** All of it, with every digit. */
export function fetchSpotCsv(state: SpotState): Promise<string> {
  const query = spotQuery(state);
  query.set('limit', 'all');
  return askCsv(`/api/v1/report/spot?${query}`);
}

function spotQuery(state: SpotState): URLSearchParams {
  const query = windowQuery(state);
  query.set('by', state.by);
  query.set('sort', state.sort);
  if (state.only) query.set('only', state.only);
  if (state.workload) query.set('workload', state.workload);
  for (const [gpuModel, price] of Object.entries(state.prices))
    query.append('spotPrice', `${gpuModel}=${price}`);
  return query;
}

/** A page of workloads on the kinds of GPU that they could run on. Rejects with a `ProblemError`. */
export function fetchHardware(state: HardwareState, signal: AbortSignal): Promise<HardwareReport> {
  const query = hardwareQuery(state);
  query.set('limit', String(HARDWARE_PAGE_ROWS));
  if (state.page > 1) query.set('offset', String((state.page - 1) * HARDWARE_PAGE_ROWS));
  return askApi(`/api/v1/report/hardware?${query}`, signal, isHardware);
}

export function fetchHardwareCsv(state: HardwareState): Promise<string> {
  const query = hardwareQuery(state);
  query.set('limit', 'all');
  return askCsv(`/api/v1/report/hardware?${query}`);
}

function hardwareQuery(state: HardwareState): URLSearchParams {
  const query = windowQuery(state);
  query.set('sort', state.sort);
  for (const slo of state.slo) query.append('slo', slo);
  return query;
}

function isSpot(body: unknown): body is SpotReport {
  return hasParts(body, ['sentence', 'rows', 'total', 'pools', 'refused']);
}

function isHardware(body: unknown): body is HardwareReport {
  return hasParts(body, ['sentence', 'rows', 'total', 'missing', 'prices']);
}
