import { LIFECYCLES } from '../../domain/facts/facts.ts';
import { type ColumnLookup, lookUpColumns, type WantedColumn } from '../../files/column-lookup.ts';
import type { FileReadOptions } from '../../ports/source.ts';

/** What `--map` and `--set` name; exports of Weights & Biases need neither, since their own names are known. */
export const WANDB_COLUMNS = [
  {
    name: 'run',
    isRequired: false,
    meaning:
      'id of the run, or ENTITY/PROJECT/ID; for system metrics and histories the name of the file up to its first dot when absent',
  },
  { name: 'entity', isRequired: false, meaning: 'team or user that the project belongs to' },
  { name: 'project', isRequired: false, meaning: 'project of the run' },
  { name: 'name', isRequired: false, meaning: 'name of the run to show; its id when blank' },
  {
    name: 'sweep',
    isRequired: false,
    meaning: 'sweep of the run: what it is compared within, before its group and its project',
  },
  { name: 'group', isRequired: false, meaning: 'group of the run' },
  {
    name: 'state',
    isRequired: false,
    meaning: 'finished, failed, crashed, killed, running, pending, preempting or preempted',
  },
  { name: 'created', isRequired: false, meaning: 'when it started' },
  { name: 'heartbeat', isRequired: false, meaning: 'when it was last heard of: its end, unless it runs' },
  {
    name: 'runtime',
    isRequired: false,
    meaning: 'seconds that it ran, or 1h 2m 3s: its end where no heartbeat is known',
  },
  { name: 'user', isRequired: false, meaning: 'who started it' },
  { name: 'config', isRequired: false, meaning: 'parameters as a JSON object' },
  { name: 'config.NAME', isRequired: false, meaning: 'one parameter, in a column of its own' },
  { name: 'summary', isRequired: false, meaning: 'last value of each metric as a JSON object' },
  { name: 'summary.NAME', isRequired: false, meaning: 'last value of one metric, in a column of its own' },
  {
    name: 'metadata',
    isRequired: false,
    meaning: 'what run.metadata holds, as a JSON object: GPUs, commit, Slurm job',
  },
  { name: 'metadata.NAME', isRequired: false, meaning: 'one of these, in a column of its own' },
  {
    name: 'gpus',
    isRequired: false,
    meaning:
      'GPUs that the run held from start to end; gpu_count of the metadata when absent, which counts those of its machine',
  },
  {
    name: 'gpuModel',
    isRequired: false,
    meaning: 'GPU model in any usual spelling; gpu of the metadata when absent',
  },
  { name: 'node', isRequired: false, meaning: 'machine of the run; host of the metadata when absent' },
  {
    name: 'lifecycle',
    isRequired: false,
    meaning: `how that machine is paid: ${LIFECYCLES.join(', ')}; owned when blank`,
  },
  { name: 'provider', isRequired: false, meaning: 'who rents the machine out' },
  {
    name: 'workload',
    isRequired: false,
    meaning: 'id of a workload whose devices another source knows; found in config and metadata when absent',
  },
  {
    name: 'slurmCluster',
    isRequired: false,
    meaning: 'cluster of the Slurm jobs that runs name, where sacct brings their devices',
  },
  { name: 'data', isRequired: false, meaning: 'digest or version of the data, for the fingerprint' },
  { name: 'lastCheckpoint', isRequired: false, meaning: 'of runs: time of the last checkpoint' },
  {
    name: 'checkpoint',
    isRequired: false,
    meaning:
      'of histories: a metric that is logged when work is saved; checkpoint or checkpoint_step when absent',
  },
  {
    name: 'time',
    isRequired: false,
    meaning: 'of system metrics and histories: when, _timestamp when absent',
  },
  {
    name: 'intervalSeconds',
    isRequired: false,
    meaning: 'distance between system metrics; taken from the file when absent',
  },
  { name: 'team', isRequired: false, meaning: 'owner, kept as label:team; found in config when absent' },
  { name: 'model', isRequired: false, meaning: 'model that is trained; found in config when absent' },
  { name: 'environment', isRequired: false, meaning: 'owner; found in config when absent' },
] as const satisfies readonly WantedColumn[];

/** Our column → what exports call it: the Python API, its older spellings, and the table of the web page. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  run: ['id', 'run_id', 'runId'],
  name: ['display_name', 'displayName'],
  sweep: ['sweep_name', 'sweepName'],
  created: ['created_at', 'createdAt', 'start time'],
  heartbeat: ['heartbeat_at', 'heartbeatAt', 'finished_at', 'end time'],
  runtime: ['_runtime', 'summary._runtime', 'duration'],
  user: ['username', 'user.username'],
  checkpoint: ['checkpoint_step'],
  time: ['_timestamp', 'timestamp'],
};

/** Finds our columns under any name that is in use, and `more` beside them. */
export function lookUpWandbColumns(
  path: string,
  columns: readonly string[],
  options: FileReadOptions,
  more: readonly string[] = [],
): ColumnLookup {
  const has = (name: string) => columns.find((column) => column.toLowerCase() === name.toLowerCase());
  const known: Record<string, string> = {};
  for (const [ours, aliases] of Object.entries(ALIASES)) {
    const theirs = has(ours) ? undefined : aliases.map(has).find((found) => found !== undefined);
    if (theirs !== undefined && !(ours in options.set)) known[ours] = theirs;
  }
  const extra = more.map((name) => ({ name, isRequired: false, meaning: '' }));
  return lookUpColumns(path, columns, [...WANDB_COLUMNS, ...extra], {
    map: { ...known, ...options.map },
    set: options.set,
  });
}
