import { execFile } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { LedgerAnswers } from '../app/check/ask-ledger.ts';
import { TareError } from '../app/errors.ts';
import type { CommandContext } from './command-context.ts';
import type { GlobalFlags } from './flags.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Asks the ledger in a process of its own, which is killed when the signal says so. A store that is locked, slow, broken or on a disk that
 * hangs takes that process with it, and never this one.
 */
export function askLedgerApart(
  { directory, environment }: CommandContext,
  { store, config }: GlobalFlags,
  signal: AbortSignal,
): Promise<LedgerAnswers> {
  const words = [
    ...process.execArgv,
    process.argv[1]!,
    'admission',
    'ledger',
    ...(store === undefined ? [] : ['--store', store]),
    ...(config === undefined ? [] : ['--config', config]),
  ];
  const options = {
    cwd: directory,
    env: { ...environment } as NodeJS.ProcessEnv,
    signal,
    killSignal: 'SIGKILL',
    maxBuffer: MOST_BYTES,
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, words, options, (error, stdout, stderr) => {
      if (error === null) return resolve(JSON.parse(stdout) as LedgerAnswers);
      reject(new TareError('storeBroken', whyOf(error, stderr), 'see what the store is doing', error));
    });
    yieldTo(child.pid);
  });
}

/** Answers come first where both want the same core. */
function yieldTo(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or this system has no priorities.
  }
}

function whyOf(error: Error, stderr: string): string {
  if (error.name === 'AbortError') return 'it took too long';
  const [first = ''] = stderr.split('\n').filter((line) => line.trim() !== '');
  return first === ''
    ? 'the process that asked it was ended'
    : first.replace(/^(error|TARE-\d+)[:\s]*/i, '').trim();
}
