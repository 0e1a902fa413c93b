import { execFile } from 'node:child_process';

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** `nvidia-smi` is not there, or answers with an error. */
export class NvidiaSmiError extends Error {
  override readonly name = 'NvidiaSmiError';
  readonly code: 'nvidia-smi-missing' | 'nvidia-smi-failed';

  constructor(code: NvidiaSmiError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export type CsvLines = Readonly<{ columns: readonly string[]; rows: readonly (readonly string[])[] }>;

/** Runs one query with `--format=csv`. No value of nvidia-smi holds the `, ` between its cells, except a process name, which is not asked for. */
export async function queryNvidiaSmi(binary: string, query: string, signal: AbortSignal): Promise<CsvLines> {
  const output = await run(binary, [query, '--format=csv'], signal);
  const [columns = [], ...rows] = output
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(', ').map((cell) => cell.trim()));
  return { columns, rows };
}

function run(binary: string, args: readonly string[], signal: AbortSignal): Promise<string> {
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

function explain(binary: string, error: Error, output: string): NvidiaSmiError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'EACCES')
    return new NvidiaSmiError(
      'nvidia-smi-missing',
      `\`${binary}\` cannot be run on this machine (${code}). Install the NVIDIA driver, or set the path of nvidia-smi.`,
      error,
    );
  const said = output.trim().split('\n').slice(0, 3).join(' ') || error.message;
  return new NvidiaSmiError(
    'nvidia-smi-failed',
    `\`${binary}\` failed: ${said}. Run it by hand; after a driver update the machine may need a restart.`,
    error,
  );
}
