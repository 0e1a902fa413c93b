import { spawn } from 'node:child_process';
import type { Tare } from '../app/tare.ts';
import { hashToken } from '../config/load-config.ts';
import { createApi } from '../http/api.ts';
import { dashboardDirectory } from '../http/dashboard-directory.ts';
import type { ReadAdmission } from '../http/routes/admission.ts';
import type { PriceSearch } from '../http/routes/prices.ts';
import { isLoopback, listen } from '../http/server.ts';
import { newToken, writeServerNote } from '../http/server-note.ts';
import type { Revisions } from '../ports/revisions.ts';
import type { TelemetryReceiver } from '../ports/telemetry-receiver.ts';
import type { CommandContext } from './command-context.ts';
import { reportError } from './report-error.ts';
import { openSimulations } from './simulations/open-simulations.ts';

export type ServeOptions = Readonly<{
  tare: Tare;
  searchPrices: PriceSearch;
  /** The file that the note is written beside; `null` for a store that is no file. */
  storeFile: string | null;
  host: string;
  port: number;
  tokenHashes: readonly string[];
  isReady: () => boolean;
  /** Word of what is written. */
  revisions: Revisions;
  readAdmission?: ReadAdmission;
  /** Takes OpenTelemetry at the same address, and at a port of its own where one is named. */
  telemetry?: TelemetryReceiver | null;
  telemetryPort?: number | null;
}>;

export type Serving = Readonly<{
  url: string;
  /** Where OpenTelemetry is taken. */
  telemetryUrl: string | null;
  stop(): Promise<void>;
}>;

/** Listens, and leaves a note by which the other commands of this user find the server. */
export async function serve(context: CommandContext, options: ServeOptions): Promise<Serving> {
  const {
    tare,
    searchPrices,
    host,
    port,
    tokenHashes,
    isReady,
    storeFile,
    telemetry = null,
    telemetryPort = null,
    readAdmission,
    revisions,
  } = options;
  const token = newToken();
  const simulations = openSimulations(context);
  const api = createApi(tare, {
    clock: context,
    access: { localTokenHash: hashToken(token), tokenHashes, isLoopback: isLoopback(host) },
    searchPrices,
    simulations,
    dashboardDirectory: dashboardDirectory(),
    telemetry,
    revisions,
    ...(readAdmission && { readAdmission }),
    isReady,
    onBug: (error) => void reportError(error, context.terminal),
  });
  const listening = await listen(api.fetch, host, port);
  const receiving = telemetryPort === null ? null : await listen(api.fetch, host, telemetryPort);
  const removeNote =
    storeFile === null
      ? () => {}
      : writeServerNote(storeFile, { url: localUrl(listening.url), pid: process.pid, token });
  // Also when a second Ctrl-C ends the process on the spot.
  process.once('exit', removeNote);
  return {
    url: listening.url,
    telemetryUrl: telemetry === null ? null : (receiving ?? listening).url,
    async stop() {
      removeNote();
      await simulations.close();
      await receiving?.close();
      await listening.close();
    },
  };
}

/** Listening everywhere is reached from here by the loopback address. */
function localUrl(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

/** Shows the page where a person sits in front of it; that it cannot is no error, the address stands in the terminal. */
export function openBrowser(context: CommandContext, url: string): void {
  if (!context.terminal.isStdoutTerminal) return;
  const [command, ...words] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  const child = spawn(command!, [...words, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

/** Resolves when the signal asks to stop, or after the time; says which. */
export function waitFor(milliseconds: number, signal: AbortSignal): Promise<'stopped' | 'elapsed'> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve('stopped');
    const stop = () => {
      clearTimeout(timer);
      resolve('stopped');
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve('elapsed');
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
