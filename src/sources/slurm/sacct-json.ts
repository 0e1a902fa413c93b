import { readText } from '../../files/read-text.ts';
import type { Table, TableOptions, TableRow } from '../../files/table.ts';
import { UnreadableFileError } from '../../files/unreadable-file-error.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a field of the table is in a job of `sacct --json`. The shapes shift between versions, so each is read for itself and may be absent. */
const FIELDS: readonly (readonly [field: string, read: (job: Json) => string])[] = [
  ['JobID', jobIdOf],
  ['JobIDRaw', (job) => text(job, 'job_id')],
  ['Cluster', (job) => text(job, 'cluster')],
  ['User', (job) => text(job, 'user') || text(job, 'association', 'user')],
  ['Group', (job) => text(job, 'group')],
  ['Account', (job) => text(job, 'account')],
  ['Partition', (job) => text(job, 'partition')],
  ['QOS', (job) => text(job, 'qos')],
  ['WCKey', (job) => text(job, 'wckey', 'wckey')],
  ['Reservation', (job) => text(job, 'reservation', 'name')],
  ['State', (job) => stateOf(at(job, 'state', 'current'))],
  ['Submit', (job) => text(job, 'time', 'submission')],
  ['Eligible', (job) => text(job, 'time', 'eligible')],
  ['Start', (job) => text(job, 'time', 'start')],
  ['End', (job) => text(job, 'time', 'end')],
  ['ElapsedRaw', (job) => text(job, 'time', 'elapsed')],
  ['Suspended', (job) => text(job, 'time', 'suspended')],
  ['Restarts', (job) => text(job, 'restart_cnt')],
  ['NodeList', (job) => text(job, 'nodes')],
  ['AllocTRES', (job) => tresOf(at(job, 'tres', 'allocated'))],
  ['ReqTRES', (job) => tresOf(at(job, 'tres', 'requested'))],
  ['JobName', (job) => text(job, 'name')],
];

/**
 * Opens the answer of `sacct --json`, or of `GET /slurmdb/v0.0.4x/jobs`, as the table that `sacct --parsable2` would print. A row's line is
 * the number of its job. Steps stand inside their jobs and are left out.
 * @throws UnreadableFileError when it is damaged, or holds no list of jobs
 */
export async function openSacctJson(path: string, options: TableOptions): Promise<Table> {
  if (options.fields)
    throw new UnreadableFileError(
      'fields-not-wanted',
      `${path}: --fields names the columns of a file without a header line; JSON brings its own names. Leave it out.`,
    );
  const jobs = await readJobs(path, options.signal);
  const rows = jobs.map(
    (job, index): TableRow => ({
      kind: 'row',
      line: index + 1,
      cells: FIELDS.map(([, read]) => read(job)),
    }),
  );
  return {
    columns: FIELDS.map(([field]) => field),
    rows: {
      async *[Symbol.asyncIterator]() {
        yield* rows;
      },
    },
  };
}

async function readJobs(path: string, signal: AbortSignal): Promise<readonly Json[]> {
  const parts: string[] = [];
  for await (const part of readText(path, signal)) parts.push(part);
  const jobs = at(parse(path, parts), 'jobs');
  if (Array.isArray(jobs)) return jobs as readonly Json[];
  throw new UnreadableFileError(
    'not-json',
    `${path}: there is no list \`jobs\` in it. Expected what \`sacct --json\` prints.`,
  );
}

function parse(path: string, parts: readonly string[]): Json {
  try {
    return JSON.parse(parts.join('')) as Json;
  } catch (error) {
    throw new UnreadableFileError(
      'damaged-json',
      `${path}: ${(error as Error).message}. Export fewer days at a time, or again.`,
      error,
    );
  }
}

function jobIdOf(job: Json): string {
  const own = text(job, 'job_id');
  const array = text(job, 'array', 'job_id');
  const task = text(job, 'array', 'task_id');
  const range = text(job, 'array', 'task');
  const het = text(job, 'het', 'job_id');
  if (array !== '' && array !== '0' && task !== '') return `${array}_${task}`;
  if (array !== '' && array !== '0' && range !== '') return `${array}_[${range.replace(/[[\]]/g, '')}]`;
  if (het !== '' && het !== '0') return `${het}+${text(job, 'het', 'job_offset') || '0'}`;
  return own;
}

/** A list in newer versions, where flags follow the state; a text in older ones. */
function stateOf(state: Json | undefined): string {
  return Array.isArray(state) ? String(state[0] ?? '') : String(state ?? '');
}

function tresOf(list: Json | undefined): string {
  if (!Array.isArray(list)) return '';
  return (list as readonly Json[])
    .map((tres) => {
      const name = text(tres, 'name');
      return `${text(tres, 'type')}${name === '' ? '' : `/${name}`}=${text(tres, 'count')}`;
    })
    .join(',');
}

/** `''` where there is nothing. A number that may be unset comes wrapped: `{ set, infinite, number }`. */
function text(value: Json, ...path: readonly string[]): string {
  const found = at(value, ...path);
  if (found === undefined || found === null) return '';
  if (typeof found !== 'object') return String(found);
  const number = at(found, 'number');
  return at(found, 'set') === true && number !== undefined ? String(number) : '';
}

function at(value: Json, ...path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path) {
    if (found === null || typeof found !== 'object' || Array.isArray(found)) return undefined;
    found = (found as { readonly [key: string]: Json })[key];
  }
  return found;
}
