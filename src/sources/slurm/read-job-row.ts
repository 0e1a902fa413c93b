import type { Attributes } from '../../domain/facts/facts.ts';
import { DAY_MS, type EpochMs, formatInstant, SECOND_MS } from '../../domain/time/window.ts';
import type { ColumnLookup } from '../../files/column-lookup.ts';
import type { Reject } from '../../ports/source.ts';
import { expandNodeList } from './expand-node-list.ts';
import { type GpuCount, readGpuTres, readTresCount } from './read-gpu-tres.ts';
import { type JobId, readJobId } from './read-job-id.ts';
import { type JobState, readJobState } from './read-job-state.ts';
import type { SacctField } from './sacct-fields.ts';
import { isLocalTime, readElapsed, readSlurmTime, type Zone } from './slurm-time.ts';

/** One line of accounting: one time that a job, or a component of it, had an allocation; or waited for one. */
export type JobRow = Readonly<{
  id: JobId;
  /** What the job itself knows as SLURM_JOB_ID. */
  rawId: string;
  cluster: string | null;
  name: string;
  state: JobState;
  submitMs: EpochMs | null;
  eligibleMs: EpochMs | null;
  /** `null`: it never had an allocation, whatever its line says else. */
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  elapsedMs: number;
  suspendedMs: number;
  restarts: number | null;
  cpus: number;
  gpus: readonly GpuCount[];
  /** Whether it holds GPUs, held some, or waited for some. */
  asksForGpus: boolean;
  /** `null`: the line does not say. */
  nodes: readonly string[] | null;
  partition: string | null;
  attributes: Attributes;
}>;

export type ReadJobRow =
  | Readonly<{ kind: 'job'; job: JobRow; hasLocalTime: boolean }>
  | Readonly<{ kind: 'step' }>
  | Readonly<{ kind: 'reject'; reject: Reject }>;

type Cells = readonly (string | null)[];

const ATTRIBUTES: readonly (readonly [SacctField, string])[] = [
  ['Account', 'slurm:account'],
  ['Partition', 'slurm:partition'],
  ['QOS', 'slurm:qos'],
  ['User', 'slurm:user'],
  ['Group', 'slurm:group'],
  ['WCKey', 'slurm:wckey'],
  ['Reservation', 'slurm:reservation'],
  ['Cluster', 'slurm:cluster'],
];

/** Reads rows of one table. Pure: the same cells are the same job. */
export function jobRowReader(
  path: string,
  columns: ColumnLookup,
  zone: Zone,
  nowMs: EpochMs,
): (line: number, cells: Cells) => ReadJobRow {
  const readers = new Map<string, (cells: Cells) => string | null>();
  return (line, cells) => {
    const read = (name: string): string => {
      let reader = readers.get(name);
      if (!reader) {
        reader = columns.reader(name);
        readers.set(name, reader);
      }
      return reader(cells) ?? '';
    };
    try {
      return readRow(new Row(`${path}:${line}`, columns, read), zone, nowMs);
    } catch (thrown) {
      if (thrown instanceof Refused) return { kind: 'reject', reject: thrown.reject };
      throw thrown;
    }
  };
}

function readRow(row: Row, zone: Zone, nowMs: EpochMs): ReadJobRow {
  const idText = row.text('JobID') || row.text('JobIDRaw');
  const id = readJobId(idText);
  if (id === 'step') return { kind: 'step' };
  if (id === 'unknown')
    row.refuse('JobID', 'bad-job-id', `\`${idText}\` is no job; expected 4711, 4711_3 or 4711+1`);
  const state = readJobState(row.text('State'));
  if (state === undefined)
    row.refuse(
      'State',
      'unknown-state',
      `\`${row.text('State')}\` is no state of a job; expected COMPLETED, FAILED, …`,
    );

  const nodes = readNodes(row);
  const tres = row.text('AllocTRES');
  const elapsed = row.text('ElapsedRaw') || row.text('Elapsed');
  const elapsedMs = elapsed === '' ? null : row.seconds('ElapsedRaw', elapsed) * SECOND_MS;
  const suspendedMs = row.seconds('Suspended', row.text('Suspended') || '0') * SECOND_MS;
  const [startedMs = null] = row.times('Start', zone);
  const startMs = isStarted(state, startedMs, nodes, elapsedMs, row, zone) ? startedMs : null;
  if (startMs !== null && startMs > nowMs + DAY_MS)
    row.refuse(
      'Start',
      'wrong-clock',
      `${formatInstant(startMs)} lies more than a day in the future; check the clock, and --set timezone`,
    );
  // A job that was resized goes on in another row; this one is over when it names an end.
  const isOver = state.isOver || (state.word === 'RESIZING' && row.times('End', zone).length > 0);
  const endMs = startMs === null || !isOver ? null : readEnd(row, zone, startMs, elapsedMs, suspendedMs);
  const attributes = Object.fromEntries(
    [...ATTRIBUTES, ...row.labels].flatMap(([field, attribute]) => {
      const value = row.text(field);
      return value === '' ? [] : [[attribute, value]];
    }),
  );
  const job: JobRow = {
    id,
    rawId: row.text('JobIDRaw') || String(id.base),
    cluster: row.text('Cluster') || null,
    name: row.text('JobName') || idText,
    state,
    submitMs: row.times('Submit', zone)[0] ?? null,
    eligibleMs: row.times('Eligible', zone)[0] ?? null,
    startMs,
    endMs,
    elapsedMs: startMs === null ? 0 : (elapsedMs ?? (endMs ?? nowMs) - startMs - suspendedMs),
    suspendedMs,
    restarts: readCount(row.text('Restarts')),
    cpus: readCount(row.text('AllocCPUS') || row.text('NCPUS')) ?? readTresCount(tres, 'cpu') ?? 0,
    gpus: readGpuTres(tres),
    asksForGpus: readGpuTres(tres || row.text('ReqTRES')).length > 0,
    nodes,
    partition: row.text('Partition') || null,
    attributes,
  };
  const hasLocalTime = isLocalTime(row.text('Start')) || isLocalTime(row.text('Submit'));
  return { kind: 'job', job, hasLocalTime };
}

const NO_NODES = /^(|none|none assigned|\(null\)|unknown|n\/a)$/i;

function readNodes(row: Row): readonly string[] | null {
  const text = row.text('NodeList');
  if (NO_NODES.test(text)) return null;
  const nodes = expandNodeList(text);
  return (
    nodes ??
    row.refuse('NodeList', 'bad-node-list', `\`${text}\` is no list of nodes; expected gpu[01-03,07]`)
  );
}

/**
 * A job that was cancelled while it waited still names what it would have held, and its end as its start. Without nodes and without any
 * time it had no allocation.
 */
function isStarted(
  state: JobState,
  startedMs: EpochMs | null,
  nodes: readonly string[] | null,
  elapsedMs: number | null,
  row: Row,
  zone: Zone,
): boolean {
  if (startedMs === null || state.run === 'waiting') return false;
  if (nodes !== null || !state.isOver) return true;
  return elapsedMs === null ? !row.times('End', zone).includes(startedMs) : elapsedMs > 0;
}

/** Of two instants that a local time may be, the one that agrees with the time the job ran. */
function readEnd(
  row: Row,
  zone: Zone,
  startMs: EpochMs,
  elapsedMs: number | null,
  suspendedMs: number,
): EpochMs {
  const ends = row.times('End', zone);
  const expected = elapsedMs === null ? null : startMs + elapsedMs + suspendedMs;
  const [earliest = expected] = ends;
  const endMs = ends.find((at) => at === expected) ?? earliest;
  if (endMs === null)
    return row.refuse(
      'End',
      'missing-end',
      'the job is over and its end is not known; take the line out, or correct it in the accounting',
    );
  if (endMs < startMs)
    row.refuse(
      'End',
      'end-before-start',
      'the end lies before the start; check that the two fields are not swapped',
    );
  return endMs;
}

function readCount(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

class Refused extends Error {
  readonly reject: Reject;

  constructor(reject: Reject) {
    super(reject.message);
    this.reject = reject;
  }
}

class Row {
  readonly text: (name: string) => string;
  readonly #where: string;
  readonly #columns: ColumnLookup;

  constructor(where: string, columns: ColumnLookup, text: (name: string) => string) {
    this.#where = where;
    this.#columns = columns;
    this.text = text;
  }

  get labels(): readonly (readonly [string, string])[] {
    return this.#columns.labels.map((label) => [label, `label:${label.slice('label:'.length)}`]);
  }

  times(name: SacctField, zone: Zone): readonly EpochMs[] {
    const text = this.text(name);
    return (
      readSlurmTime(text, zone) ??
      this.refuse(
        name,
        'bad-time',
        `\`${text}\` is not a time; expected 2026-10-14T09:00:00, seconds since 1970, or Unknown`,
      )
    );
  }

  seconds(name: SacctField, text: string): number {
    return (
      readElapsed(text) ??
      this.refuse(name, 'bad-time', `\`${text}\` is not a time span; expected seconds or [DAYS-]HH:MM:SS`)
    );
  }

  refuse(name: SacctField, code: string, message: string): never {
    throw new Refused({ where: `${this.#where}:${this.#columns.spelling(name)}`, code, message });
  }
}
