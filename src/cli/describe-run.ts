import { publicCommand } from '../app/public-command.ts';
import type { Config } from '../config/load-config.ts';
import { readDuration } from '../config/yaml-values.ts';
import type { Attributes } from '../domain/facts/facts.ts';
import type { MeteredRun, RunMachine } from '../ports/run-meter.ts';
import type { RunFlags } from './flags.ts';

export type RunDescription = Readonly<{
  flags: RunFlags;
  /** `run:` of `tare.yaml`. */
  defaults: Config['run'];
  environment: Readonly<Record<string, string | undefined>>;
  directory: string;
  words: readonly string[];
  host: string;
  started: Pick<MeteredRun, 'runId' | 'parentRunId' | 'pid' | 'startMs'>;
}>;

const NAME_LENGTH = 60;

/** What is known of a run when it starts: a flag goes before the environment, the environment before `tare.yaml`. */
export function describeRun(description: RunDescription): MeteredRun {
  const { flags, defaults, environment, directory, words, started } = description;
  const command = publicCommand(words);
  const stated = (flag: string | undefined, variable: string, fallback?: string) =>
    flag ?? (environment[variable] || undefined) ?? fallback;
  const owners = {
    'label:team': stated(flags.team, 'TARE_TEAM', defaults.team),
    'label:model': stated(flags.model, 'TARE_MODEL', defaults.model),
    'label:environment': stated(flags.environment, 'TARE_ENVIRONMENT', defaults.environment),
  };
  return {
    ...started,
    name: stated(flags.name, 'TARE_RUN_NAME') ?? shortened(command),
    experiment: stated(flags.experiment, 'TARE_EXPERIMENT', defaults.experiment) ?? null,
    command,
    directory,
    attributes: attributesOf(owners, { ...defaults.tags, ...flags.tag }),
    parameters: flags.param,
    dataVersion: flags.data ?? null,
    machine: machineOf(description),
    visibleDevices: environment['CUDA_VISIBLE_DEVICES'] ?? null,
    intervalMs: flags.interval ?? (defaults.interval === undefined ? null : readDuration(defaults.interval)),
    checkpointPatterns: [...(defaults.checkpoints ?? []), ...flags.checkpointGlob],
    isHeldOnly: flags.heldOnly ?? defaults.heldOnly ?? false,
  };
}

function shortened(command: string): string {
  return command.length <= NAME_LENGTH ? command : `${command.slice(0, NAME_LENGTH - 1)}…`;
}

function attributesOf(
  owners: Readonly<Record<string, string | undefined>>,
  tags: Readonly<Record<string, string>>,
): Attributes {
  const named = [
    ...Object.entries(owners),
    ...Object.entries(tags).map(([name, value]) => [`tag:${name}`, value]),
  ];
  return Object.fromEntries(named.filter(([, value]) => value !== undefined && value !== ''));
}

/** How the machine of a run is paid for. One that is described as rented is on demand unless somebody says otherwise. */
export function machineOf({
  flags,
  defaults,
  host,
}: Pick<RunDescription, 'flags' | 'defaults' | 'host'>): RunMachine {
  const provider = flags.provider ?? defaults.provider ?? null;
  const instanceType = flags.instanceType ?? defaults.instanceType ?? null;
  const isRented = provider !== null || instanceType !== null;
  return {
    node: defaults.node ?? host,
    lifecycle: flags.lifecycle ?? defaults.lifecycle ?? (isRented ? 'on_demand' : 'owned'),
    provider,
    region: flags.region ?? defaults.region ?? null,
    instanceType,
    pool: defaults.pool ?? null,
    resourceId: flags.resourceId ?? defaults.resourceId ?? null,
  };
}
