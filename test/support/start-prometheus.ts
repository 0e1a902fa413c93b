import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type RunningPrometheus = Readonly<{
  /** `http://127.0.0.1:PORT` */
  url: string;
  pid: number;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}>;

/** Why tests with a real Prometheus cannot run here; `null` when they can. */
export function prometheusIsMissing(): string | null {
  const missing = ['prometheus', 'promtool'].filter(
    (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error !== undefined,
  );
  return missing.length === 0 ? null : `${missing.join(' and ')} not on PATH`;
}

/** As below, with samples that files hold already. Each is read before the next is asked for, and is its owner's to remove. */
export async function startPrometheusOn(
  samplesFiles: AsyncIterable<string> | readonly string[],
): Promise<RunningPrometheus> {
  return startIn(await mkdtemp(join(tmpdir(), 'tare-prometheus-')), samplesFiles);
}

/**
 * Starts a real Prometheus on a free loopback port, holding exactly the samples of an OpenMetrics text. It scrapes nothing, and
 * keeps samples of any age.
 *
 * ```ts
 * const prometheus = await startPrometheus(buildPrometheusFleet().openMetrics);
 * afterAll(() => prometheus.stop());
 * ```
 */
export async function startPrometheus(openMetrics: string): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-prometheus-'));
  const file = join(folder, 'samples.om');
  await writeFile(file, openMetrics);
  return startIn(folder, [file]);
}

/** A real Prometheus that scrapes an address every second. */
export async function startScraping(target: string): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-prometheus-'));
  const job = `scrape_configs: [{ job_name: tare, static_configs: [{ targets: ["${target}"] }] }]`;
  return start(folder, `global: { scrape_interval: 1s }\n${job}\n`);
}

async function startIn(
  folder: string,
  samplesFiles: AsyncIterable<string> | readonly string[],
): Promise<RunningPrometheus> {
  const data = join(folder, 'data');
  // Blocks of more than two hours, as a server would have made of them meanwhile; the file is read once for each block.
  for await (const file of samplesFiles)
    await run('promtool', [
      ...['tsdb', 'create-blocks-from', '--max-block-duration=24h'],
      ...['openmetrics', '--quiet', file, data],
    ]);
  return start(folder, 'global: { scrape_interval: 1m }\n');
}

async function start(folder: string, config: string): Promise<RunningPrometheus> {
  const data = join(folder, 'data');
  await writeFile(join(folder, 'prometheus.yml'), config);

  const port = await freePort();
  const server = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await stopProcess(server);
    await rm(folder, { recursive: true, force: true });
  };
  await waitUntilReady(url, server).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, pid: server.pid ?? 0, stop };
}

async function run(command: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  const complaints = collect(child);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${complaints()}`);
}

async function waitUntilReady(url: string, server: ChildProcess): Promise<void> {
  const complaints = collect(server);
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`prometheus ended: ${complaints()}`);
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error(`prometheus was not ready within 30 seconds: ${complaints()}`);
}

/** The last few thousand characters of what a process wrote to stderr. */
function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  });
  return () => text;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 10_000);
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
