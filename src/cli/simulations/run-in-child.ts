import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TareError } from '../../app/errors.ts';
import type { SimulationResult } from '../../app/results/simulation.ts';
import type { RunSimulation } from '../../app/simulations/simulations.ts';
import type { Progress } from '../../app/tare.ts';
import { fromProblem } from '../../http/problem.ts';
import type { ChildMessage } from './simulation-child.ts';
import { type PathOf, readSimulation } from './simulator-forms.ts';

/** More than the largest published traces take. */
const MOST_HEAP_MB = 1_536;

/** Beside this file, whether it runs from the sources or from `dist`. */
const HERE = fileURLToPath(import.meta.url);
const CHILD = join(HERE, '..', `simulation-child${extname(HERE)}`);

/**
 * Runs each simulation in a process of its own, over files in a folder that goes away with it. Simulators count without a pause, so that
 * in the process of the server nothing else would be answered; and a process can be stopped at any moment and given a limit of memory.
 */
export function runInChildren(execArgv: readonly string[] = process.execArgv): RunSimulation {
  return async (request, progress, signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'tare-simulation-'));
    try {
      const pathOf: PathOf = (name, fileName) => join(folder, name, fileName);
      const words = readSimulation(pathOf)(request);
      for (const [name, { fileName, text }] of Object.entries(request.files)) {
        mkdirSync(join(folder, name));
        writeFileSync(pathOf(name, fileName), text);
      }
      const folders = Object.keys(request.files).map((name) => join(folder, name));
      return await inChild(words, execArgv, folders, progress, signal);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

function inChild(
  words: readonly string[],
  execArgv: readonly string[],
  folders: readonly string[],
  progress: Progress,
  signal: AbortSignal,
): Promise<SimulationResult> {
  const child = fork(CHILD, {
    execArgv: [...execArgv, `--max-old-space-size=${MOST_HEAP_MB}`],
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const stop = () => void child.kill('SIGKILL');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return new Promise<SimulationResult>((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (piece) => (said = `${said}${piece}`.slice(-2_000)));
    child.on('message', (message: ChildMessage) => {
      const told = withoutFolders(message, folders);
      if ('progress' in told) progress(told.progress);
      else if ('result' in told) resolve(told.result);
      else reject(fromProblem({ ...told.failure, detail: told.failure.message }));
    });
    child.on('error', reject);
    child.on('close', (code, by) => reject(describeEnd(code, by, said)));
    child.send([...words]);
  }).finally(() => signal.removeEventListener('abort', stop));
}

/** Places in traces are named by the file that was given, not by where it lies for the moment. */
function withoutFolders(message: ChildMessage, folders: readonly string[]): ChildMessage {
  const text = JSON.stringify(message);
  const prefixes = folders.map((folder) => JSON.stringify(`${folder}${sep}`).slice(1, -1));
  const plain = prefixes.reduce((left, prefix) => left.replaceAll(prefix, ''), text);
  return plain === text ? message : (JSON.parse(plain) as ChildMessage);
}

function describeEnd(code: number | null, by: NodeJS.Signals | null, said: string): Error {
  if (/heap out of memory/i.test(said)) {
    return new TareError(
      'simulationTooLarge',
      `it would take more than ${MOST_HEAP_MB} MB of memory`,
      'ask for less of it (fewer seeds, requests or candidates), or run the command in a terminal',
    );
  }
  return new Error(`the simulation ended with ${by ?? code}: ${said.trim()}`);
}
