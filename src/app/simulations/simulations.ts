import type { Simulation, SimulationResult, SimulatorForm } from '../results/simulation.ts';
import type { Progress } from '../tare.ts';

/** Simulations as long work: started, watched, stopped, and found again by their id as long as they are remembered. */
export interface Simulations {
  forms(): readonly SimulatorForm[];
  /** @throws BadFieldsError when a field or a file is wrong, TareError when too many wait already */
  start(request: SimulationRequest): Simulation;
  /** Newest first. */
  list(): readonly Simulation[];
  /** @throws TareError when it is not remembered */
  find(id: string): Simulation;
  /** Stops it, or forgets it when it has ended. */
  cancel(id: string): Simulation;
  /** Calls the listener at every change, until the returned function is called. */
  watch(id: string, listener: () => void): () => void;
  /** Stops everything. */
  close(): Promise<void>;
}

export type SimulationRequest = Readonly<{
  simulator: string;
  parameters: Readonly<Record<string, string | boolean>>;
  /** By the name of the file in the form. */
  files: Readonly<Record<string, Readonly<{ fileName: string; text: string }>>>;
  history: Simulation['history'];
}>;

/**
 * Checks a request, and says how it would be written behind `tare simulate`.
 * @throws BadFieldsError
 */
export type ReadSimulation = (request: SimulationRequest) => readonly string[];

export type RunSimulation = (
  request: SimulationRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<SimulationResult>;
