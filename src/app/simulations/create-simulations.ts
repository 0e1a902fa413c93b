import { formatInstant } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import { ERROR_CODES } from '../error-codes.ts';
import { TareError, toTareError } from '../errors.ts';
import type {
  Simulation,
  SimulationProblem,
  SimulationProgress,
  SimulatorForm,
} from '../results/simulation.ts';
import type { ProgressEvent } from '../tare.ts';
import type { ReadSimulation, RunSimulation, SimulationRequest, Simulations } from './simulations.ts';

export type SimulationLimits = Readonly<{
  atOnce: number;
  waiting: number;
  /** Ended ones that are kept, and what their results may weigh together. */
  remembered: number;
  rememberedBytes: number;
  /** A simulation that takes longer is stopped. */
  longestMs: number;
}>;

export const DEFAULT_SIMULATION_LIMITS: SimulationLimits = {
  atOnce: 2,
  waiting: 8,
  remembered: 50,
  rememberedBytes: 64_000_000,
  longestMs: 30 * 60_000,
};

type Parts = Readonly<{
  forms: readonly SimulatorForm[];
  read: ReadSimulation;
  run: RunSimulation;
  newId: () => string;
  clock: Clock;
  limits?: SimulationLimits;
}>;

type Entry = {
  shown: Simulation;
  /** Until it has ended: traces are large. */
  request: SimulationRequest | null;
  startedMs: number;
  resultBytes: number;
  stop: AbortController;
  listeners: Set<() => void>;
};

/** Keeps simulations in memory: a few at once, the others wait; the oldest that have ended are forgotten first. */
export function createSimulations(parts: Parts): Simulations {
  const { forms, read, run, newId, clock, limits = DEFAULT_SIMULATION_LIMITS } = parts;
  const entries = new Map<string, Entry>();
  const running = new Set<Promise<void>>();
  const now = () => formatInstant(clock.nowMs());

  function change(entry: Entry, part: Partial<Simulation>): void {
    entry.shown = { ...entry.shown, ...part };
    for (const listener of entry.listeners) listener();
  }

  function start(request: SimulationRequest): Simulation {
    const words = read(request);
    const waiting = [...entries.values()].filter(({ shown }) => shown.state === 'waiting');
    if (waiting.length >= limits.waiting) throw tooMany(limits.waiting);
    const entry = entryOf(`${request.simulator}-${newId()}`, request, words, now());
    entries.set(entry.shown.id, entry);
    startNext();
    return entry.shown;
  }

  function startNext(): void {
    if (running.size >= limits.atOnce) return;
    const next = [...entries.values()].find(({ shown }) => shown.state === 'waiting');
    if (!next) return;
    const going = go(next).finally(() => {
      running.delete(going);
      forgetOldest(entries, limits);
      startNext();
    });
    running.add(going);
  }

  async function go(entry: Entry): Promise<void> {
    entry.startedMs = clock.nowMs();
    change(entry, { state: 'running', startedAt: now() });
    const timer = setTimeout(() => entry.stop.abort(tooLong(limits.longestMs)), limits.longestMs);
    try {
      const result = await run(entry.request!, (event) => tell(entry, event), entry.stop.signal);
      entry.resultBytes = JSON.stringify(result).length;
      end(entry, { state: 'done', result });
    } catch (thrown) {
      end(entry, endOf(thrown, entry.stop.signal));
    } finally {
      clearTimeout(timer);
    }
  }

  function tell(entry: Entry, event: ProgressEvent): void {
    change(entry, { progress: progressOf(event, clock.nowMs() - entry.startedMs) });
  }

  function end(entry: Entry, part: Partial<Simulation>): void {
    entry.request = null;
    change(entry, { ...part, progress: null, endedAt: now() });
  }

  function found(id: string): Entry {
    const entry = entries.get(id);
    if (entry) return entry;
    throw new TareError(
      'noSuchSimulation',
      `no simulation is remembered as ${id}`,
      `start it again; the last ${limits.remembered} are kept, until the server stops`,
    );
  }

  return {
    forms: () => forms,
    start,
    list: () => [...entries.values()].map(({ shown }) => shown).reverse(),
    find: (id) => found(id).shown,
    cancel(id) {
      const entry = found(id);
      const { state } = entry.shown;
      if (state === 'running') entry.stop.abort();
      else if (state === 'waiting') end(entry, { state: 'cancelled' });
      else entries.delete(id);
      return entry.shown;
    },
    watch(id, listener) {
      const { listeners } = found(id);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      for (const entry of entries.values()) {
        if (entry.shown.state === 'waiting') end(entry, { state: 'cancelled' });
        entry.stop.abort();
      }
      await Promise.all(running);
    },
  };
}

function entryOf(id: string, request: SimulationRequest, words: readonly string[], askedAt: string): Entry {
  const { simulator, parameters, files, history } = request;
  return {
    shown: {
      id,
      simulator,
      state: 'waiting',
      parameters,
      files: Object.entries(files).map(([name, { fileName, text }]) => ({
        name,
        fileName,
        bytes: Buffer.byteLength(text),
      })),
      history,
      command: ['tare', 'simulate', ...words].map(quoted).join(' '),
      askedAt,
      startedAt: null,
      endedAt: null,
      progress: null,
      result: null,
      problem: null,
    },
    request,
    startedMs: 0,
    resultBytes: 0,
    stop: new AbortController(),
    listeners: new Set(),
  };
}

function quoted(word: string): string {
  return /^[\w./:,=+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The time left is what is left of the work at the pace so far; with nothing done there is no pace. */
function progressOf({ task, done, total }: ProgressEvent, elapsedMs: number): SimulationProgress {
  const fraction = total === null || total === 0 ? null : Math.min(1, done / total);
  const secondsLeft = fraction === null || fraction === 0 ? null : (elapsedMs / 1_000) * (1 / fraction - 1);
  return { task, fraction, secondsLeft };
}

function endOf(thrown: unknown, signal: AbortSignal): Partial<Simulation> {
  if (!signal.aborted) return { state: 'failed', problem: problemOf(thrown) };
  const { reason } = signal;
  return reason instanceof TareError
    ? { state: 'failed', problem: problemOf(reason) }
    : { state: 'cancelled' };
}

function problemOf(thrown: unknown): SimulationProblem {
  const { code, message, remedy } = toTareError(thrown);
  const known = Object.values(ERROR_CODES).find((entry) => entry.code === code);
  return { code, title: known?.title ?? 'The simulation failed', detail: message, remedy };
}

function forgetOldest(entries: Map<string, Entry>, { remembered, rememberedBytes }: SimulationLimits): void {
  const ended = [...entries.values()].filter(({ shown }) => shown.endedAt !== null);
  let bytes = ended.reduce((sum, { resultBytes }) => sum + resultBytes, 0);
  for (const [index, entry] of ended.entries()) {
    if (ended.length - index <= remembered && bytes <= rememberedBytes) return;
    bytes -= entry.resultBytes;
    entries.delete(entry.shown.id);
  }
}

function tooMany(waiting: number): TareError {
  return new TareError(
    'tooManySimulations',
    `${waiting} simulations are waiting already`,
    'wait until one has ended, or cancel one',
  );
}

function tooLong(longestMs: number): TareError {
  return new TareError(
    'simulationTooLarge',
    `stopped after ${Math.round(longestMs / 60_000)} minutes`,
    'ask for less of it (fewer seeds, requests or candidates), or run the command in a terminal',
  );
}
