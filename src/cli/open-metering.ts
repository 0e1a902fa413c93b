import { resolve } from 'node:path';
import { SPOOLED_RUNS } from '../app/collect-spooled-runs.ts';
import type { MeterRunParts } from '../app/meter-run.ts';
import { composeRunMetering } from '../compose.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import type { CommandContext } from './command-context.ts';
import { machineOf } from './describe-run.ts';
import type { RunFlags } from './flags.ts';
import { readConfig, storeOf, withTare } from './open-tare.ts';

export type OpenMetering = Readonly<{
  config: Config;
  parts: MeterRunParts;
  /** What of the configuration could not be used, in sentences. */
  problems: readonly string[];
}>;

/** A meter for this machine. A configuration that is wrong must not keep a command from being metered: defaults apply then. */
export async function openMetering(context: CommandContext, flags: RunFlags): Promise<OpenMetering> {
  const { config, problems } = configOrDefaults(context, flags);
  const store = storeOf(context, flags, config);
  const { meter, spool, weigh } = await composeRunMetering({
    config,
    store,
    clock: context,
    statedPrice: statedPrice(flags, config),
  });
  const record = (path: string) => recordIn(context, flags, path);
  return { config, parts: { meter, weigh, record, remove: spool.remove }, problems };
}

function configOrDefaults(
  context: CommandContext,
  flags: RunFlags,
): Readonly<{ config: Config; problems: readonly string[] }> {
  try {
    return { config: readConfig(context, flags, false), problems: [] };
  } catch (error) {
    const problem = `the configuration was left out: ${(error as Error).message}`;
    const { directory } = context;
    const nowhere = { path: undefined, directory: resolve(directory, '.tare', 'no-configuration') };
    const config = loadConfig({ ...nowhere, environment: {}, usesSources: false });
    return { config: { ...config, directory }, problems: [problem] };
  }
}

/** A machine costs what the user says, however it is paid for. */
function statedPrice(flags: RunFlags, config: Config) {
  const { lifecycle } = machineOf({ flags, defaults: config.run, host: '' });
  return flags.gpuHourPrice === undefined ? null : { perGpuHour: flags.gpuHourPrice, lifecycle };
}

async function recordIn(context: CommandContext, flags: RunFlags, path: string): Promise<string> {
  let recordedIn = '';
  await withTare(context, flags, { writes: true, usesSources: false }, async ({ tare, config, isRemote }) => {
    const request = { kind: SPOOLED_RUNS, paths: [path], map: {}, set: {}, fields: null, isDryRun: false };
    await tare.importFiles(request, () => {}, new AbortController().signal);
    const { url } = storeOf(context, flags, config);
    recordedIn = isRemote ? `${url}, through its server` : url;
    return 0;
  });
  return recordedIn;
}
