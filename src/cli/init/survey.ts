import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { gunzipSync, constants as zlib } from 'node:zlib';

/** What `tare init` found. Nothing is asked of the user that can be found out. */
export type Survey = Readonly<{
  prometheus: Readonly<{ url: string; isFromEnvironment: boolean; answers: boolean }> | null;
  /** Patterns that cover the FOCUS bills in the folder. */
  bills: readonly string[];
  hasNvidiaSmi: boolean;
  hasSacct: boolean;
  kubeconfig: string | null;
}>;

export type SurveyOptions = Readonly<{
  directory: string;
  environment: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}>;

const LOCAL_PROMETHEUS = 'http://127.0.0.1:9090';
const ANSWERS_WITHIN_MS = 2_000;

export async function survey({ directory, environment, signal }: SurveyOptions): Promise<Survey> {
  const [prometheus, bills] = await Promise.all([findPrometheus(environment, signal), findBills(directory)]);
  return {
    prometheus,
    bills,
    hasNvidiaSmi: isOnPath('nvidia-smi', environment),
    hasSacct: isOnPath('sacct', environment),
    kubeconfig: findKubeconfig(environment),
  };
}

async function findPrometheus(
  environment: SurveyOptions['environment'],
  signal: AbortSignal,
): Promise<Survey['prometheus']> {
  const named = environment['PROMETHEUS_URL'];
  const url = named || LOCAL_PROMETHEUS;
  const answers = await isPrometheus(url, signal);
  return answers || named ? { url, isFromEnvironment: Boolean(named), answers } : null;
}

async function isPrometheus(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const address = `${url.replace(/\/+$/, '')}/api/v1/query?query=1`;
    const response = await fetch(address, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]),
    });
    return ((await response.json()) as { status?: string }).status === 'success';
  } catch {
    // Nobody there, or somebody else: either way not a Prometheus.
    return false;
  }
}

function isOnPath(name: string, environment: SurveyOptions['environment']): boolean {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.some((folder) => existsSync(join(folder, name)) || existsSync(join(folder, `${name}.exe`)));
}

function findKubeconfig(environment: SurveyOptions['environment']): string | null {
  const paths = environment['KUBECONFIG']?.split(delimiter) ?? [join(homedir(), '.kube', 'config')];
  return paths.find((path) => path !== '' && existsSync(path)) ?? null;
}

const BILL_FILE = /\.(csv|parquet)(\.gz)?$/i;
const MARK = 'BilledCost';
const PIECE_BYTES = 64 * 1024;

/** Bills in the folder and one below, as one pattern for each folder and ending. */
async function findBills(directory: string): Promise<string[]> {
  const folders = [directory, ...(await foldersIn(directory))];
  const patterns = await Promise.all(folders.map((folder) => billPatterns(directory, folder)));
  return [...new Set(patterns.flat())].sort();
}

async function foldersIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => join(directory, entry.name));
}

async function billPatterns(directory: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && BILL_FILE.test(entry.name));
  const bills: string[] = [];
  for (const { name } of files) if (await isBill(join(folder, name))) bills.push(name);
  return bills.map((name) =>
    relative(directory, join(folder, `*${BILL_FILE.exec(name)![0]}`)).replaceAll('\\', '/'),
  );
}

/** FOCUS names its columns in the first line of a CSV and in the last bytes of a Parquet file. */
async function isBill(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const head = await readPiece(file, 0);
      const tail = await readPiece(file, Math.max(0, size - PIECE_BYTES));
      const text = path.toLowerCase().endsWith('.gz') ? unzipStart(head) : head;
      return text.includes(MARK) || tail.includes(MARK);
    } finally {
      await file.close();
    }
  } catch {
    // Not readable is not a bill that could be imported.
    return false;
  }
}

async function readPiece(file: Awaited<ReturnType<typeof open>>, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, position);
  return buffer.subarray(0, bytesRead);
}

function unzipStart(piece: Buffer): Buffer {
  return gunzipSync(piece, { finishFlush: zlib.Z_SYNC_FLUSH });
}
