import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './dashboard-build.ts';

export type DemoProcess = Readonly<{
  url: string;
  /** Where commands beside it are run. */
  directory: string;
  /** Runs the command beside it, which asks the running demo; its standard output. */
  tare: (...words: string[]) => Promise<string>;
  /** The same with what it says beside it: sentences and footnotes. */
  tareAloud: (...words: string[]) => Promise<string>;
  stop: () => Promise<void>;
}>;

const ENTRY = join(REPOSITORY, 'src/cli/main.ts');
const STILL_CLOCK = join(REPOSITORY, 'scripts/still-clock.mjs');
const TSX = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;

/**
 * `tare demo` as a process of its own, on a free port of loopback, in a folder that goes away with it. The demo ends at the current hour;
 * with `stillAt`, an instant, its clock and those of commands beside it begin there.
 */
export function startDemo(stillAt: string | null = null): Promise<DemoProcess> {
  return serve(['demo', '--port', '0', '--no-open'], mkdtempSync(join(tmpdir(), 'tare-e2e-')), stillAt);
}

/** `tare up` over a fresh store, after the commands that fill it. */
export async function startUp(before: readonly (readonly string[])[]): Promise<DemoProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'tare-e2e-'));
  for (const words of before) await outputOf(start(words, directory));
  return serve(['up', '--port', '0', '--no-open'], directory);
}

async function serve(
  words: readonly string[],
  directory: string,
  stillAt: string | null = null,
): Promise<DemoProcess> {
  const server = start(words, directory, stillAt);
  const closed = new Promise<void>((resolve) => server.on('close', () => resolve()));
  const url = await addressOf(server);
  return {
    url,
    directory,
    tare: async (...said) => (await outputOf(start(said, directory, stillAt))).stdout,
    tareAloud: async (...said) => {
      const { stdout, stderr } = await outputOf(start(said, directory, stillAt));
      return `${stderr}\n${stdout}`;
    },
    stop: async () => {
      server.kill('SIGINT');
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function start(words: readonly string[], directory: string, stillAt: string | null = null): ChildProcess {
  const clock = stillAt === null ? [] : ['--import', STILL_CLOCK];
  return spawn(process.execPath, [...clock, '--import', TSX, ENTRY, ...words], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      TMPDIR: directory,
      ...(stillAt !== null && { TARE_STILL_CLOCK: stillAt }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout!.on('data', (piece) => {
      said += String(piece);
      const [, url] = /(?:Dashboard +|dashboard and API )(http:\S+)/.exec(said) ?? [];
      if (url) resolve(url);
    });
    server.stderr!.on('data', (piece) => (said += String(piece)));
    server.on('close', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

type Output = Readonly<{ stdout: string; stderr: string }>;

function outputOf(command: ChildProcess): Promise<Output> {
  let [stdout, stderr] = ['', ''];
  command.stdout!.on('data', (piece) => (stdout += piece));
  command.stderr!.on('data', (piece) => (stderr += piece));
  return new Promise((resolve, reject) => {
    command.on('close', (code) =>
      code === 0 ? resolve({ stdout, stderr }) : reject(new Error(`exit ${code}: ${stderr}`)),
    );
  });
}
