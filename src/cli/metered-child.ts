import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { callWitness } from './signal-witness.ts';

/** A command that runs with this process's own input and outputs, as if it had been started without it. */
export type MeteredChild = Readonly<{
  pid: number;
  ended: Promise<ChildEnd>;
}>;

export type ChildEnd = Readonly<{
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** The signal by which somebody asked it to end. */
  stoppedBy: NodeJS.Signals | null;
}>;

export type Start =
  | Readonly<{ kind: 'started'; child: MeteredChild }>
  | Readonly<{ kind: 'not-started'; exitCode: number; message: string }>;

/** What a user, a terminal, a scheduler or a service manager sends; the last two are often agreed upon for a checkpoint. */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
const STOPS: readonly string[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** As a POSIX shell says it. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const KILLED = 128;

/**
 * Starts the command in the same process group, so that the terminal stays its own, and passes on each signal that was sent to this
 * process alone.
 */
export async function startChild(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  directory: string,
): Promise<Start> {
  const [command = '', ...rest] = words;
  // Before the command runs: a signal must not end this process while it does.
  const signals = passSignalsOn();
  const child = spawn(command, rest, { stdio: 'inherit', env: environment, cwd: directory });
  const ended = endOf(child);
  signals.to(child);
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    child.on('spawn', () => resolve(null));
    child.on('error', resolve);
  });
  if (error) {
    signals.stop();
    return notStarted(command, error);
  }
  return { kind: 'started', child: { pid: child.pid!, ended: ended.then(withStop) } };

  function withStop(end: Omit<ChildEnd, 'stoppedBy'>): ChildEnd {
    signals.stop();
    return { ...end, stoppedBy: signals.stoppedBy() };
  }
}

/** A signal that ended the command may reach this process a moment later. */
const LATE_SIGNAL_MS = 20;

function endOf(child: ChildProcess): Promise<Omit<ChildEnd, 'stoppedBy'>> {
  return new Promise((resolve) => {
    child.on('exit', (exitCode, signal) => {
      const wasStopped = signal !== null || (exitCode ?? 0) > KILLED;
      setTimeout(() => resolve({ exitCode, signal }), wasStopped ? LATE_SIGNAL_MS : 0);
    });
  });
}

function notStarted(command: string, error: NodeJS.ErrnoException): Start {
  if (error.code === 'ENOENT')
    return { kind: 'not-started', exitCode: NOT_FOUND, message: `${command}: command not found` };
  const why =
    error.code === 'EACCES' ? 'not executable' : `cannot be started (${error.code ?? error.message})`;
  return { kind: 'not-started', exitCode: NOT_EXECUTABLE, message: `${command}: ${why}` };
}

/** What a shell gives for the same end. */
export function exitCodeOf({ exitCode, signal }: Pick<ChildEnd, 'exitCode' | 'signal'>): number {
  return exitCode ?? KILLED + (signal === null ? 0 : constants.signals[signal]);
}

function passSignalsOn() {
  let stoppedBy: NodeJS.Signals | null = null;
  let child: ChildProcess | null = null;
  // Called before the command starts: whoever signals the group as soon as it runs is seen.
  const witness = callWitness();

  async function pass(signal: NodeJS.Signals): Promise<void> {
    if (STOPS.includes(signal)) stoppedBy ??= signal;
    const wasForAll = await witness.wasForAll(signal);
    if (!wasForAll) child?.kill(signal);
  }
  const listeners = PASSED_ON.map((signal) => [signal, () => void pass(signal)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);

  return {
    to(started: ChildProcess) {
      child = started;
    },
    stoppedBy: () => stoppedBy,
    stop() {
      child = null;
      witness.dismiss();
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}
