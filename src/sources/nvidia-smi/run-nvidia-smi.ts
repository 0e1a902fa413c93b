import { type ExecFileException, execFile } from 'node:child_process';
import { OutsideFailure } from '../../ports/failures.ts';

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export type CsvLines = Readonly<{ columns: readonly string[]; rows: readonly (readonly string[])[] }>;

/** Runs one query with `--format=csv`. No value of nvidia-smi holds the `, ` between its cells, except a process name, which is not asked for. */
export async function queryNvidiaSmi(binary: string, query: string, signal: AbortSignal): Promise<CsvLines> {
  const output = await runNvidiaSmi(binary, [query, '--format=csv'], signal);
  const [columns = [], ...rows] = output
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(', ').map((cell) => cell.trim()));
  return { columns, rows };
}

/** What the program prints when it is called with these words. */
export function runNvidiaSmi(binary: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      binary,
      [...args],
      { signal, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (signal.aborted) reject(signal.reason);
        else reject(explain(binary, error, stdout + stderr));
      },
    );
  });
}

function explain(binary: string, error: ExecFileException, output: string): OutsideFailure {
  if (error.code === 'ENOENT' || error.code === 'EACCES')
    return new OutsideFailure(
      'unreachable',
      `\`${binary}\` cannot be run on this machine (${error.code})`,
      'install the NVIDIA driver, or set the path of nvidia-smi',
      error,
    );
  if (error.killed)
    return new OutsideFailure(
      'timed-out',
      `\`${binary}\` did not answer within ${TIMEOUT_MS / 1000} s`,
      'run it by hand; a GPU that hangs is named in the kernel log (Xid)',
      error,
    );
  const said = output.trim().split('\n').slice(0, 3).join(' ') || error.message;
  return new OutsideFailure(
    'answer-unexpected',
    `\`${binary}\` failed: ${said}`,
    'run it by hand; after a driver update the machine may need a restart',
    error,
  );
}
