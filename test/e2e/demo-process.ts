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
  stop: () => Promise<void>;
}>;

const ENTRY = join(REPOSITORY, 'src/cli/main.ts');
const TSX = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;

/** `tare demo` as a process of its own, on a free port of loopback, in a folder that goes away with it. */
export async function startDemo(): Promise<DemoProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'tare-e2e-'));
  const server = start(['demo', '--port', '0', '--no-open'], directory);
  const closed = new Promise<void>((resolve) => server.on('close', () => resolve()));
  const url = await addressOf(server);
  return {
    url,
    directory,
    tare: (...words) => outputOf(start(words, directory)),
    stop: async () => {
      server.kill('SIGINT');
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function start(words: readonly string[], directory: string): ChildProcess {
  return spawn(process.execPath, ['--import', TSX, ENTRY, ...words], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout!.on('data', (piece) => {
      said += String(piece);
      const [, url] = /Dashboard +(http:\S+)/.exec(said) ?? [];
      if (url) resolve(url);
    });
    server.stderr!.on('data', (piece) => (said += String(piece)));
    server.on('close', (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
  });
}

function outputOf(command: ChildProcess): Promise<string> {
  let [stdout, stderr] = ['', ''];
  command.stdout!.on('data', (piece) => (stdout += piece));
  command.stderr!.on('data', (piece) => (stderr += piece));
  return new Promise((resolve, reject) => {
    command.on('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`exit ${code}: ${stderr}`)),
    );
  });
}
