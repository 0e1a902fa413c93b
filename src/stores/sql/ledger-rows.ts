import { DAY_MS, type EpochMs, floorToDay, type TimeWindow } from '../../domain/time/window.ts';
import type { LedgerDimension, LedgerQuery } from '../../ports/store.ts';
import type { Dialect } from './dialect.ts';
import { daysWithoutSpan, wholeSpans, within } from './ledger-sums.ts';
import { LEDGER_MEASURES, OWNER_COLUMNS } from './schema.ts';

/** Columns of a subject that a report shows as they are. */
export const SUBJECT_COLUMNS: Partial<Record<LedgerDimension, string>> = {
  team: 'team',
  model: 'model',
  environment: 'environment',
  kind: 'kind',
  pool: 'pool',
  gpuModel: 'gpu_model',
  lifecycle: 'lifecycle',
  node: 'node',
  device: 'device_id',
  provider: 'provider',
  region: 'region',
  account: 'account',
  service: 'service',
  priceSource: 'price_source',
};

const MEASURE_NAMES = Object.keys(LEDGER_MEASURES);
const MEASURES = MEASURE_NAMES.map((column) => `r.${column} AS ${column}`).join(', ');
const OWNERS = Object.keys(OWNER_COLUMNS);

/** One way to add rows up: what they say of their subjects, and where their days are. */
type Grain = Readonly<{
  keys: readonly string[];
  dayTable: string;
  /** Where the key is a number that stands for all that is known: the table that knows it. */
  subjects: 'subject' | 'subject_group' | null;
}>;

const BY_SUBJECT: Grain = { keys: ['subject_id'], dayTable: 'ledger_day', subjects: 'subject' };
const BY_GROUP: Grain = { keys: ['group_id'], dayTable: 'ledger_day_group', subjects: 'subject_group' };
const BY_OWNER: Grain = { keys: OWNERS, dayTable: 'ledger_day_owner', subjects: null };
/** Days know no node: those that no span stands for have to look it up. */
const BY_NODE: Grain = { keys: ['node', ...OWNERS], dayTable: 'ledger_day', subjects: null };

export type LedgerRows = Readonly<{
  from: string;
  /** A column of the subjects, qualified. */
  column: (name: string) => string;
}>;

/**
 * Rows `l`, with `at_ms` and the measures, and what is known of their subjects. They come from the smallest table that knows everything
 * that is asked for; the hours before the first and after the last midnight from the ledger itself.
 */
export function rowsIn(d: Dialect, { window, by, filters = [] }: LedgerQuery): LedgerRows {
  const dimensions = [...by, ...filters.map((filter) => filter.dimension)];
  const grain = grainOf(dimensions);
  const rows = dimensions.includes('hour')
    ? [hoursOf(grain, window)]
    : rowsByDay(d, grain, window, dimensions.includes('day'));
  const { keys, subjects } = grain;
  const join = subjects ? `JOIN ${subjects} AS s ON s.${keys[0]} = l.${keys[0]}` : '';
  return {
    from: `(${rows.join(' UNION ALL ')}) AS l ${join}`,
    column: (name) => `${subjects ? 's' : 'l'}.${name}`,
  };
}

function grainOf(dimensions: readonly LedgerDimension[]): Grain {
  const asks = (...names: LedgerDimension[]) => dimensions.some((name) => names.includes(name));
  const isOfOwner = (name: LedgerDimension) =>
    ['day', 'node'].includes(name) || OWNERS.includes(SUBJECT_COLUMNS[name] ?? '');
  const isCoarse = dimensions.every(isOfOwner);
  if (asks('device', 'hour')) return BY_SUBJECT;
  if (asks('node')) return isCoarse && !asks('day') ? BY_NODE : BY_SUBJECT;
  return isCoarse ? BY_OWNER : BY_GROUP;
}

function rowsByDay(d: Dialect, grain: Grain, window: TimeWindow, isByDay: boolean): string[] {
  const firstDay = Math.ceil(window.fromMs / DAY_MS) * DAY_MS;
  const lastDay = floorToDay(window.toMs);
  if (firstDay >= lastDay) return [hoursOf(grain, window)];
  const hours = (fromMs: EpochMs, toMs: EpochMs) => (fromMs < toMs ? [hoursOf(grain, { fromMs, toMs })] : []);
  return [
    ...hours(window.fromMs, firstDay),
    ...daysOf(d, grain, { fromMs: firstDay, toMs: lastDay }, isByDay),
    ...hours(lastDay, window.toMs),
  ];
}

function hoursOf(grain: Grain, hours: TimeWindow): string {
  const subject = grain === BY_SUBJECT ? '' : 'JOIN subject AS x ON x.subject_id = r.subject_id';
  const keys = grain.keys.map((key) => `${grain === BY_SUBJECT ? 'r' : 'x'}.${key} AS ${key}`).join(', ');
  return `
    SELECT r.hour_ms AS at_ms, ${keys}, ${MEASURES} FROM ledger AS r ${subject}
    WHERE ${within('r.hour_ms', hours)}`;
}

function daysOf(d: Dialect, grain: Grain, days: TimeWindow, isByDay: boolean): string[] {
  if (grain === BY_NODE) return nodeDaysOf(d, days);
  const ofDays = within('r.day_ms', days);
  if (grain === BY_GROUP && !isByDay) return [summed(d, 'group_id', `ledger_day_group AS r WHERE ${ofDays}`)];
  return [
    `SELECT r.day_ms AS at_ms, ${grain.keys.map((key) => `r.${key} AS ${key}`).join(', ')}, ${MEASURES} FROM ${grain.dayTable} AS r WHERE ${ofDays}`,
  ];
}

/** Whole spans where they are added up, and the other days. */
function nodeDaysOf(d: Dialect, days: TimeWindow): string[] {
  const keysOf = (alias: string) => BY_NODE.keys.map((key) => `${alias}.${key} AS ${key}`).join(', ');
  const left = `ledger_day AS r JOIN (${daysWithoutSpan(d, days)}) AS o ON o.day_ms = r.day_ms WHERE ${within('r.day_ms', days)}`;
  // Said twice, so that those few subjects are found among all, and not all made ready to be found.
  const subjects = `SELECT * FROM subject WHERE subject_id IN (SELECT r.subject_id FROM ${left})`;
  return [
    `SELECT CAST(0 AS BIGINT) AS at_ms, ${keysOf('r')}, ${MEASURES} FROM ledger_span_node AS r WHERE ${wholeSpans('r.span_no', days)}`,
    `SELECT r.day_ms AS at_ms, ${keysOf('x')}, ${MEASURES}
      FROM (SELECT r.* FROM ${left}) AS r JOIN (${subjects}) AS x ON x.subject_id = r.subject_id`,
  ];
}

/** Days added up before their names are looked up: a number is grouped faster than many texts. */
function summed(d: Dialect, key: string, rows: string): string {
  const sums = MEASURE_NAMES.map((name) => `${d.sum(`r.${name}`)} AS sum_${name}`).join(', ');
  return `
    SELECT CAST(0 AS BIGINT) AS at_ms, ${key}, ${MEASURE_NAMES.map((name) => `sum_${name} AS ${name}`).join(', ')}
    FROM (SELECT r.${key} AS ${key}, ${sums} FROM ${rows} GROUP BY r.${key}) AS summed`;
}
