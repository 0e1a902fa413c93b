import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type RunningMlflow = Readonly<{
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Posts to the REST API: `api('runs/create', {…})`. */
  api(path: string, body: unknown): Promise<Record<string, unknown>>;
  createExperiment(name: string): Promise<string>;
  /** Records a run as its process would have, and ends it as told. */
  recordRun(run: RecordedRun): Promise<string>;
  /** Stops the server with everything it started, and removes its data. */
  stop(): Promise<void>;
}>;

export type RecordedRun = Readonly<{
  experimentId: string;
  name?: string;
  startMs: number;
  tags?: Readonly<Record<string, string>>;
  parameters?: Readonly<Record<string, string>>;
  metrics?: readonly Readonly<{ key: string; value: number | string; timestamp: number; step: number }>[];
  /** Digests of data sets. */
  datasets?: readonly string[];
  end?: Readonly<{ status: 'FINISHED' | 'FAILED' | 'KILLED'; atMs: number }>;
  isDeleted?: boolean;
}>;

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, 'mlflow.json'), 'utf8')) as {
  version: string;
};

/** Where `npm test` puts it, or `MLFLOW_BINARY`. */
function findMlflow(): string | undefined {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const installed = join(cache, 'tare', `mlflow-${version}`);
  if (process.env['MLFLOW_BINARY']) return process.env['MLFLOW_BINARY'];
  return existsSync(join(installed, 'installed')) ? join(installed, 'bin', 'mlflow') : undefined;
}

/** Why tests with a real MLflow cannot run here; `null` when they can. */
export function mlflowIsMissing(): string | null {
  return findMlflow() === undefined ? `MLflow ${version} is not installed: npm test does it` : null;
}

/** Starts a real tracking server on a free loopback port, with a new SQLite database. */
export async function startMlflow(): Promise<RunningMlflow> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-mlflow-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(
    findMlflow()!,
    [
      'server',
      ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
      ...['--default-artifact-root', join(folder, 'artifacts')],
    ],
    {
      cwd: folder,
      // A group of its own, because the server has children that must end with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      },
    },
  );
  const stop = async () => {
    await stopGroup(server);
    await rm(folder, { recursive: true, force: true });
  };
  await waitUntilReady(url, server).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const api = (path: string, body: unknown) => post(`${url}/api/2.0/mlflow/${path}`, body);
  return {
    url,
    api,
    createExperiment: async (name) => (await api('experiments/create', { name }))['experiment_id'] as string,
    recordRun: (run) => recordRun(api, run),
    stop,
  };
}

const MOST_METRICS_PER_BATCH = 1_000;

async function recordRun(api: RunningMlflow['api'], recorded: RecordedRun): Promise<string> {
  const { experimentId, name, startMs, tags = {}, parameters = {}, metrics = [], datasets = [] } = recorded;
  const { end, isDeleted = false } = recorded;
  const keyed = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([key, value]) => ({ key, value }));
  const created = await api('runs/create', {
    experiment_id: experimentId,
    start_time: startMs,
    tags: keyed(tags),
    ...(name !== undefined && { run_name: name }),
  });
  const run_id = (created as { run: { info: { run_id: string } } }).run.info.run_id;
  await api('runs/log-batch', { run_id, params: keyed(parameters) });
  for (let from = 0; from < metrics.length; from += MOST_METRICS_PER_BATCH) {
    await api('runs/log-batch', { run_id, metrics: metrics.slice(from, from + MOST_METRICS_PER_BATCH) });
  }
  if (datasets.length > 0) {
    const dataset = (digest: string) => ({ name: digest, digest, source_type: 'local', source: '{}' });
    await api('runs/log-inputs', {
      run_id,
      datasets: datasets.map((digest) => ({ dataset: dataset(digest) })),
    });
  }
  if (end) await api('runs/update', { run_id, status: end.status, end_time: end.atMs });
  if (isDeleted) await api('runs/delete', { run_id });
  return run_id;
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

async function waitUntilReady(url: string, server: ChildProcess): Promise<void> {
  let complaints = '';
  server.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000);
  });
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`mlflow server ended: ${complaints}`);
    const isReady = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error(`mlflow server was not ready within a minute: ${complaints}`);
}

async function stopGroup(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('close', resolve));
  const group = -server.pid;
  process.kill(group, 'SIGTERM');
  const giveUp = setTimeout(() => process.kill(group, 'SIGKILL'), 10_000);
  await ended;
  clearTimeout(giveUp);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
