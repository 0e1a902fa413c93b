import { existsSync } from 'node:fs';
import { TareError } from '../app/errors.ts';
import type { PriceQuery } from '../app/find-prices.ts';
import type { PriceReport } from '../app/results/prices.ts';
import type { Tare } from '../app/tare.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import { findDemoNote, readServerNote, type ServerNote, storeFile } from '../http/server-note.ts';
import type { CommandContext } from './command-context.ts';
import type { GlobalFlags } from './flags.ts';

export type OpenTare = Readonly<{
  tare: Tare;
  config: Config;
  /** In the process of a server, which knows the files of this machine, though not this folder. */
  isRemote: boolean;
  searchPrices(query: Omit<PriceQuery, 'currency'>): Promise<PriceReport>;
}>;

/** What an action does with the store, and whether it needs the sources of `tare.yaml`. */
export type StoreUse = Readonly<{ writes: boolean; usesSources: boolean }>;

const ANSWERS_WITHIN_MS = 3_000;

export function readConfig(context: CommandContext, flags: GlobalFlags, usesSources: boolean): Config {
  const { directory, environment } = context;
  return loadConfig({ path: flags.config, directory, environment, usesSources });
}

/**
 * Runs an action over the store: in this process, or through the server that owns the store's file. Where nobody named a store and
 * there is none, an action that only reads is given the running demo; nothing of the user's is ever written into that.
 */
export async function withTare(
  context: CommandContext,
  flags: GlobalFlags,
  use: StoreUse,
  action: (open: OpenTare) => Promise<number>,
): Promise<number> {
  const config = readConfig(context, flags, use.usesSources);
  const server = (await findServer(context, flags, config)) ?? (await findDemo(context, flags, config, use));
  const open = server ? await connect(server, config) : await compose(context, flags, config);
  try {
    return await action(open);
  } finally {
    context.progressLine.end();
    await open.tare.close();
  }
}

/** The store's URL and what its path is relative to: a flag to here, the file to itself. */
export function storeOf(context: CommandContext, flags: GlobalFlags, config: Config) {
  return flags.store === undefined
    ? { url: config.store, directory: config.directory }
    : { url: flags.store, directory: context.directory };
}

/** Whether there is a store to ask: what only asks makes none, and one in memory is empty. */
export function hasLedger(context: CommandContext, flags: GlobalFlags, config: Config): boolean {
  const { url, directory } = storeOf(context, flags, config);
  const file = storeFile(url, directory);
  return file === null ? !url.includes(':memory:') : existsSync(file);
}

async function findServer(
  context: CommandContext,
  flags: GlobalFlags,
  config: Config,
): Promise<ServerNote | undefined> {
  const { url, directory } = storeOf(context, flags, config);
  const file = storeFile(url, directory);
  if (file === null) return undefined;
  const note = readServerNote(file);
  return note && (await answers(note)) ? note : undefined;
}

async function findDemo(
  context: CommandContext,
  flags: GlobalFlags,
  config: Config,
  use: StoreUse,
): Promise<ServerNote | undefined> {
  const { url, directory } = storeOf(context, flags, config);
  const file = storeFile(url, directory);
  const isNamed = flags.store !== undefined || config.path !== null;
  if (use.writes || isNamed || file === null || existsSync(file)) return undefined;
  const demo = findDemoNote();
  if (!demo || !(await answers(demo))) return undefined;
  context.terminal.note(`(the running demo at ${demo.url}: there is no store here)`);
  return demo;
}

/** Two servers cannot own one file. */
export async function refuseSecondServer({ url, directory }: ReturnType<typeof storeOf>): Promise<void> {
  const file = storeFile(url, directory);
  const note = file === null ? undefined : readServerNote(file);
  if (!note || !(await answers(note))) return;
  throw new TareError(
    'storeInUse',
    `a server of this store runs already: ${note.url}, process ${note.pid}`,
    'use that one, or stop it first; another store is chosen with --store',
  );
}

/** A note can outlive its server when the process number was given to another one: then nobody listens. */
async function answers(note: ServerNote): Promise<boolean> {
  try {
    await fetch(`${note.url}/healthz`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    return true;
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') return false;
    throw new TareError(
      'serverUnreachable',
      `the server of this store at ${note.url} (process ${note.pid}) does not answer`,
      'see what it is doing, or stop it and run the command again',
      error,
    );
  }
}

async function connect(server: ServerNote, config: Config): Promise<OpenTare> {
  const { connectTare } = await import('../http/client.ts');
  const tare = connectTare(server);
  return { tare, config, isRemote: true, searchPrices: tare.searchPrices };
}

async function compose(context: CommandContext, flags: GlobalFlags, config: Config): Promise<OpenTare> {
  const { composeTare } = await import('../compose.ts');
  const { tare, searchPrices } = await composeTare({
    config,
    store: storeOf(context, flags, config),
    clock: context,
  });
  return { tare, config, isRemote: false, searchPrices: async (query) => searchPrices(query) };
}
