import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type RunningAlertmanager = Readonly<{
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** What it holds, as its own API says. */
  alerts(): Promise<readonly HeldAlert[]>;
  stop(): Promise<void>;
}>;

export type HeldAlert = Readonly<{
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  startsAt: string;
  endsAt: string;
  status: Readonly<{ state: string }>;
}>;

/** As Debian names it, and as its makers do. */
const COMMANDS = ['prometheus-alertmanager', 'alertmanager'];

function findCommand(): string | undefined {
  return COMMANDS.find(
    (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined,
  );
}

/** Why tests with a real Alertmanager cannot run here; `null` when they can. */
export function alertmanagerIsMissing(): string | null {
  return findCommand() === undefined ? `${COMMANDS[0]} not on PATH` : null;
}

/** Starts a real Alertmanager on a free loopback port. What it sends on goes to a webhook, where one is named. */
export async function startAlertmanager(webhook: string | null = null): Promise<RunningAlertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-alertmanager-'));
  const hooks = webhook === null ? '' : `\n    webhook_configs: [{ url: '${webhook}', send_resolved: true }]`;
  await writeFile(
    join(folder, 'config.yml'),
    `route: { receiver: test, group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: test${hooks}
`,
  );
  const port = await freePort();
  const server = spawn(
    findCommand()!,
    [
      `--config.file=${join(folder, 'config.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
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
  const alerts = async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as HeldAlert[];
  return { url, alerts, stop };
}

async function waitUntilReady(url: string, server: ChildProcess): Promise<void> {
  let complaints = '';
  server.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000);
  });
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`alertmanager ended: ${complaints}`);
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error(`alertmanager was not ready within 30 seconds: ${complaints}`);
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
