import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TareError } from '../../app/errors.ts';
import { DEFAULT_HOST, DEFAULT_PORT } from '../../config/load-config.ts';
import { checkAddress } from '../../http/server.ts';
import { DEMO_PREFIX, demoStoreFile, removeAbandonedDemos, writeDemoOwner } from '../../http/server-note.ts';
import type { CommandContext } from '../command-context.ts';
import type { ServeFlags } from '../flags.ts';
import { openBrowser, type ServeOptions, type Serving, serve, waitFor } from '../serve.ts';

const FOREVER_MS = 2 ** 31 - 1;

/** An invented fleet in a store of its own, which is deleted at the end. Nothing of the user's is read or written. */
export async function demo(context: CommandContext, flags: ServeFlags): Promise<number> {
  const host = flags.host ?? DEFAULT_HOST;
  checkAddress(host, 0);
  const signal = context.interruption.signal();
  removeAbandonedDemos();
  const folder = mkdtempSync(join(tmpdir(), DEMO_PREFIX));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  writeDemoOwner(folder);

  const { composeDemo } = await import('../../compose.ts');
  const file = demoStoreFile(folder);
  const made = await composeDemo(
    { storeUrl: `duckdb:${file}`, clock: context, seed: flags.seed },
    context.progressLine.progress,
    signal,
  );
  context.progressLine.end();
  try {
    const server = await serveOnFreePort(context, flags, {
      ...made,
      storeFile: file,
      host,
      port: flags.port ?? DEFAULT_PORT,
      tokenHashes: [],
      isReady: () => true,
    });
    for (const line of welcome(made.description, server.url)) context.terminal.write(line);
    if (flags.open) openBrowser(context, server.url);
    while ((await waitFor(FOREVER_MS, signal)) === 'elapsed');
    await server.stop();
  } finally {
    await made.tare.close();
    removeFolder();
  }
  context.terminal.note('stopped; the demo is deleted');
  return context.interruption.exitCode();
}

/** Whoever asked for a port gets that one or an error; otherwise any will do. */
async function serveOnFreePort(
  context: CommandContext,
  flags: ServeFlags,
  options: ServeOptions,
): Promise<Serving> {
  try {
    return await serve(context, options);
  } catch (error) {
    if (flags.port !== undefined || !(error instanceof TareError) || error.code !== 'TARE-5021') throw error;
    context.terminal.note(`port ${options.port} is taken: taking a free one`);
    return serve(context, { ...options, port: 0 });
  }
}

function welcome(description: string, url: string): string[] {
  // `npm start` puts no `tare` on the path of another terminal.
  const tare = process.env['npm_lifecycle_event'] === 'start' ? 'npx tare' : 'tare';
  return [
    `${description} Nothing leaves this machine.`,
    `Dashboard   ${url}     Ctrl-C stops it and deletes the demo`,
    `Try         ${tare} report ledger --by team      ${tare} report idle --by workload --top 10`,
    `Yours       ${tare} import bill.parquet --kind focus      ${tare} init`,
  ];
}
