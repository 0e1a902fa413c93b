import { type ExecFileException, execFile } from 'node:child_process';
import { OutsideFailure } from '../../ports/failures.ts';

const TIMEOUT_MS = 10 * 60_000;
const MAX_OUTPUT_BYTES = 1024 * 1024 * 1024;

export type Sacct = (words: readonly string[], signal: AbortSignal) => Promise<string>;

/** Runs `sacct` in UTC: it prints and reads local time, and never says which. */
export function sacctRunner(binary: string, env: Readonly<Record<string, string>>): Sacct {
  return (words, signal) =>
    new Promise((resolve, reject) => {
      const options = { signal, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
      execFile(
        binary,
        [...words],
        { ...options, env: { ...process.env, ...env, TZ: 'UTC', SLURM_TIME_FORMAT: 'standard' } },
        (error, stdout, stderr) => {
          if (!error) resolve(stdout);
          else if (signal.aborted) reject(signal.reason);
          else reject(explain(binary, error, stderr));
        },
      );
    });
}

/** What Slurm says when its accounting is away, not configured, or keeps a user out. */
const AWAY = /slurmdbd|connect|contact|unknown host|configuration source|fetch_config/i;
const NOT_CONFIGURED = /accounting storage is disabled/i;
const KEPT_OUT = /access denied|permission|authentication|munge/i;

function explain(binary: string, error: ExecFileException, said: string): OutsideFailure {
  const message = said.trim().split('\n').slice(0, 3).join(' ') || error.message;
  if (error.code === 'ENOENT' || error.code === 'EACCES')
    return new OutsideFailure(
      'unreachable',
      `\`${binary}\` cannot be run on this machine (${error.code})`,
      'run tare where the commands of Slurm are installed, or set `binary` to the path of sacct; or import what it prints: tare import FILE --kind sacct',
      error,
    );
  if (error.killed)
    return new OutsideFailure(
      'timed-out',
      `\`${binary}\` did not answer within ${TIMEOUT_MS / 60_000} minutes`,
      'look after slurmdbd and its database: sacctmgr show stats',
      error,
    );
  if (NOT_CONFIGURED.test(message))
    return new OutsideFailure(
      'answer-unexpected',
      `\`${binary}\` failed: ${message}`,
      'set AccountingStorageType=accounting_storage/slurmdbd in slurm.conf: without accounting there is no past to read',
      error,
    );
  if (KEPT_OUT.test(message))
    return new OutsideFailure(
      'refused',
      `\`${binary}\` was refused: ${message}`,
      'run it by hand as this user; munge must run, and with PrivateData=jobs the user has to be an operator',
      error,
    );
  return new OutsideFailure(
    AWAY.test(message) ? 'unreachable' : 'answer-unexpected',
    `\`${binary}\` failed: ${message}`,
    'run it by hand as this user: sacct -a -X -S now-1hour; SLURM_CONF must lead to the configuration of the cluster',
    error,
  );
}
