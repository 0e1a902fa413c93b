import type {
  HistoryChoices,
  HistoryTraces,
  Simulation,
  SimulatorForm,
} from '../../../src/app/results/simulation.ts';
import { searchText, type WindowState, windowQuery } from '../state/url-state.ts';
import { askApi, hasParts, sendApi } from './ask-api.ts';

export type SimulationOrder = Readonly<{
  simulator: string;
  parameters: Readonly<Record<string, string | boolean>>;
  files: Readonly<Record<string, Readonly<{ fileName: string; text: string }>>>;
  history?: Readonly<{ from?: string; to?: string; about?: string }>;
}>;

export function fetchForms(signal: AbortSignal): Promise<readonly SimulatorForm[]> {
  return askApi('/api/v1/simulators', signal, isForms);
}

export function fetchHistoryChoices(
  simulator: string,
  window: WindowState,
  signal: AbortSignal,
): Promise<HistoryChoices> {
  return askApi(
    `/api/v1/simulators/${simulator}/history${searchText(windowQuery(window))}`,
    signal,
    isChoices,
  );
}

/** The traces that the history is replayed as, to keep them. */
export function fetchHistoryTraces(
  simulator: string,
  window: WindowState,
  about: string | null,
  signal: AbortSignal,
): Promise<HistoryTraces> {
  const query = windowQuery(window);
  if (about) query.set('about', about);
  return askApi(`/api/v1/simulators/${simulator}/history/traces?${query}`, signal, isTraces);
}

export function startSimulation(order: SimulationOrder): Promise<Simulation> {
  return sendApi('POST', '/api/v1/simulations', order, isSimulation);
}

export function fetchSimulation(id: string, signal: AbortSignal): Promise<Simulation> {
  return askApi(`/api/v1/simulations/${encodeURIComponent(id)}`, signal, isSimulation);
}

export async function fetchSimulations(signal: AbortSignal): Promise<readonly Simulation[]> {
  return (await askApi('/api/v1/simulations', signal, isList)).simulations;
}

export function cancelSimulation(id: string): Promise<Simulation> {
  return sendApi('DELETE', `/api/v1/simulations/${encodeURIComponent(id)}`, null, isSimulation);
}

function isForms(body: unknown): body is readonly SimulatorForm[] {
  return Array.isArray(body) && body.every((form) => hasParts(form, ['name', 'fields', 'files']));
}

function isChoices(body: unknown): body is HistoryChoices {
  return hasParts(body, ['choices']);
}

function isTraces(body: unknown): body is HistoryTraces {
  return hasParts(body, ['traces', 'notes']);
}

function isSimulation(body: unknown): body is Simulation {
  return hasParts(body, ['id', 'state', 'command']);
}

function isList(body: unknown): body is Readonly<{ simulations: readonly Simulation[] }> {
  return hasParts(body, ['simulations']);
}
