import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Composition, composeTare } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { createApi } from '../../src/http/api.ts';
import { type Listening, listen } from '../../src/http/server.ts';
import { writeSmallFiles } from '../support/small-files.ts';
import { DASHBOARD } from './dashboard-build.ts';

/** A small fleet behind the real server, which a test can write into, stop and start again at the same address. */
export type LiveServer = Readonly<{
  url: string;
  here: Composition;
  /** Imports the bill with this much storage on it, in dollars. */
  billStorage: (amount: string) => Promise<void>;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  end: () => Promise<void>;
}>;

const NOW_MS = Date.parse('2026-10-15T00:00:00Z');
const SIGNAL = new AbortController().signal;

export async function startLiveServer(): Promise<LiveServer> {
  const directory = mkdtempSync(join(tmpdir(), 'tare-live-'));
  writeSmallFiles(directory);
  const bill = readFileSync(join(directory, 'bill.csv'), 'utf8');
  const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: false });
  const clock = { nowMs: () => NOW_MS };
  const here = await composeTare({ config, store: { url: 'duckdb::memory:', directory }, clock });
  const importKind = async (kind: string, name: string) => {
    const request = { kind, paths: [join(directory, name)], map: {}, set: {}, fields: null, isDryRun: false };
    await here.tare.importFiles(request, () => {}, SIGNAL);
  };
  const billStorage = async (amount: string) => {
    writeFileSync(join(directory, 'bill.csv'), bill.replaceAll('10.00', amount));
    await importKind('focus', 'bill.csv');
    await here.tare.buildLedger(() => {}, SIGNAL);
  };
  for (const kind of ['capacity', 'allocations', 'usage']) await importKind(kind, `${kind}.csv`);
  await billStorage('10.00');

  const api = createApi(here.tare, {
    clock,
    access: { localTokenHash: null, tokenHashes: [], isLoopback: true },
    searchPrices: here.searchPrices,
    revisions: here.revisions,
    dashboardDirectory: DASHBOARD,
    isReady: () => true,
    onBug: (error) => {
      throw error;
    },
  });
  let listening: Listening = await listen(api.fetch, '127.0.0.1', 0);
  const { url, port } = listening;
  const stop = () => listening.close();
  return {
    url,
    here,
    billStorage,
    stop,
    start: async () => {
      listening = await listen(api.fetch, '127.0.0.1', port);
    },
    end: async () => {
      await stop().catch(() => {});
      await here.tare.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
