import type { FleetReport } from '../../../src/app/results/fleet.ts';
import type { FleetState } from '../fleet/fleet-state.ts';
import { windowQuery } from '../state/url-state.ts';
import { askApi, hasParts } from './ask-api.ts';

/** Machines by time, and pools. Rejects with a `ProblemError`. */
export function fetchFleet(
  state: Pick<FleetState, 'from' | 'to' | 'by' | 'pool' | 'node'>,
  signal: AbortSignal,
): Promise<FleetReport> {
  const query = windowQuery(state);
  query.set('by', state.by);
  for (const name of ['pool', 'node'] as const) {
    if (state[name]) query.append('filter', `${name}=${state[name]}`);
  }
  return askApi(`/api/v1/report/fleet?${query}`, signal, isFleetReport);
}

function isFleetReport(body: unknown): body is FleetReport {
  return hasParts(body, ['sentence', 'columns', 'rows', 'pools']);
}
