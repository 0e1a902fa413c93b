import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TSX = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
const ENTRY = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export type RunningTare = Readonly<{
  /** Where the dashboard, the API and OTLP are. */
  url: string;
  pid: number;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}>;

/** `tare up` as a process of its own, on a free port. */
export async function startTare(folder: string, words: readonly string[] = []): Promise<RunningTare> {
  const child = start(folder, ['up', '--port', '0', '--no-open', '--every', '1s', ...words]);
  const url = await addressOf(child);
  const end = (signal: NodeJS.Signals) => endOf(child, () => child.kill(signal));
  return { url, pid: child.pid!, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

export type RunningAdmission = Readonly<{
  /** The ValidatingWebhookConfiguration that it printed. */
  configuration: string;
  /** What it has said so far. */
  said(): string;
  pid: number;
  stop(): Promise<void>;
}>;

/** `tare admission` with a certificate of its own, on a port of loopback. */
export async function startAdmission(
  folder: string,
  port: number,
  words: readonly string[] = [],
): Promise<RunningAdmission> {
  const own = [
    'admission',
    '--port',
    String(port),
    '--self-signed',
    '--url',
    `https://127.0.0.1:${port}/admit`,
  ];
  const child = start(folder, [...own, ...words]);
  let [configuration, said] = ['', ''];
  child.stdout!.on('data', (text) => (configuration += text));
  child.stderr!.on('data', (text) => (said += text));
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', () => said.includes('https://') && resolve());
    child.once('close', (code) => reject(new Error(`tare admission ended with ${code}: ${said}`)));
  });
  return {
    configuration,
    said: () => said,
    pid: child.pid!,
    stop: () => endOf(child, () => child.kill('SIGTERM')),
  };
}

/** One command to its end. */
export async function runTare(folder: string, words: readonly string[]) {
  const child = start(folder, words);
  const ended = { code: null as number | null, stdout: '', stderr: '' };
  child.stdout!.on('data', (text) => (ended.stdout += text));
  child.stderr!.on('data', (text) => (ended.stderr += text));
  await endOf(child, () => {});
  return { ...ended, code: child.exitCode };
}

function start(folder: string, words: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', TSX, ENTRY, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (text: Buffer) => {
      said += text;
      const url = /OTLP (http:\S+)\/v1\/traces/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout!.on('data', listen);
    child.stderr!.on('data', listen);
    child.once('close', (code) => reject(new Error(`tare up ended with ${code}: ${said}`)));
  });
}

function endOf(child: ChildProcess, begin: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('close', () => resolve());
    begin();
  });
}
