import type { Owner } from '../ownership/owner.ts';
import type { Launch } from './launch.ts';
import type { ExpectedHours } from './launch-estimate.ts';

/** A run that ended, as far as it says how long the next one takes. */
export type PastRun = Readonly<{
  name: string;
  experiment: string | null;
  team: string;
  model: string;
  /** From the first start to the end. */
  durationHours: number;
  hasSucceeded: boolean;
}>;

const FEWEST_OF_OWNER = 3;

/**
 * How long a launch will take. Runs that succeeded and are alike tell: those of the same name (without what is appended to it: a date, a
 * number, random letters), else of the same CronJob, else, from three on, of the same team and model. The median, with the range of all.
 * Without any, what a label says; without that, the time limit, which is an upper bound.
 */
export function expectedHours(launch: Launch, owner: Owner, runs: readonly PastRun[]): ExpectedHours | null {
  if (launch.isContinuous) return null;
  const ended = runs.filter(({ hasSucceeded, durationHours }) => hasSucceeded && durationHours > 0);
  return (
    fromRuns(
      launch,
      ended.filter(({ name }) => stem(name) === stem(launch.name)),
      'of the same name',
      1,
    ) ??
    fromRuns(
      launch,
      ended.filter((run) => isOfSeries(run, launch)),
      'of the same series',
      1,
    ) ??
    fromRuns(
      launch,
      ended.filter((run) => isOfOwner(run, owner)),
      `of team ${owner['team']} and model ${owner['model']}`,
      FEWEST_OF_OWNER,
    ) ??
    stated(launch)
  );
}

/** `finetune-x7k2p`, `finetune-20261014` and `finetune-3` are all `finetune`. */
export function stem(name: string): string {
  return name.toLowerCase().replace(/([-_.](\d+|[bcdfghjklmnpqrstvwxz2456789]{5,10}))+$/, '');
}

function isOfSeries({ experiment }: PastRun, { namespace, name, resourceKind }: Launch): boolean {
  if (experiment === null) return false;
  return (
    experiment === name ||
    (resourceKind === 'CronJob' && experiment === `k8s:${namespace ?? 'default'}/CronJob/${name}`)
  );
}

function isOfOwner(run: PastRun, owner: Owner): boolean {
  const [team, model] = [owner['team'], owner['model']];
  return team !== undefined && model !== undefined && run.team === team && run.model === model;
}

function fromRuns(
  launch: Launch,
  runs: readonly PastRun[],
  which: string,
  fewest: number,
): ExpectedHours | null {
  if (runs.length < fewest) return null;
  const hours = runs.map(({ durationHours }) => durationHours).toSorted((a, b) => a - b);
  const middle = hours.length / 2;
  const median = (hours[Math.ceil(middle) - 1]! + hours[Math.floor(middle)]!) / 2;
  const cut = (value: number) => Math.min(value, launch.limitHours ?? value);
  const detail =
    hours.length === 1 ? `one past run ${which}` : `median of ${hours.length} past runs ${which}`;
  return { low: cut(hours[0]!), expected: cut(median), high: cut(hours.at(-1)!), basis: 'past_runs', detail };
}

function stated({ expectedHours: hours, limitHours }: Launch): ExpectedHours | null {
  if (hours !== null)
    return {
      low: hours,
      expected: hours,
      high: limitHours ?? hours,
      basis: 'stated',
      detail: 'stated by a label',
    };
  if (limitHours === null) return null;
  return {
    low: 0,
    expected: limitHours,
    high: limitHours,
    basis: 'limit',
    detail: 'as long as its time limit',
  };
}
