import { DAY_MS, type EpochMs, floorToDay, type TimeWindow } from '../../domain/time/window.ts';
import type { Dialect } from './dialect.ts';
import type { SqlEngine } from './engine.ts';
import { LEDGER_MEASURES, OWNER_COLUMNS } from './schema.ts';

/** A week, counted from 1970: few enough days are left before the first and after the last of a window, and rows are a seventh. */
const SPAN_MS = 7 * DAY_MS;
const MEASURES = Object.keys(LEDGER_MEASURES);
const OWNERS = Object.keys(OWNER_COLUMNS);

/**
 * Adds the ledger up again by day and by span, where any of its hours in the window was replaced. A span is only there once it is over:
 * who asks reads the days of the others, so that an hour built now does not add up the week.
 */
export async function sumLedgerAgain(
  engine: SqlEngine,
  { fromMs, toMs }: TimeWindow,
  untilMs: EpochMs,
): Promise<void> {
  const days = { fromMs: floorToDay(fromMs), toMs: floorToDay(toMs - 1) + DAY_MS };
  // First the spans: as long as one is missing, its days are read.
  await engine.run(`DELETE FROM ledger_span_node WHERE ${touchedSpans('span_no', days)}`);
  await sumDays(engine, days);
  await sumSpans(engine, days, untilMs);
}

async function sumDays(engine: SqlEngine, days: TimeWindow): Promise<void> {
  const { dialect } = engine;
  const replace = async (table: 'ledger_day' | 'ledger_day_group' | 'ledger_day_owner', rows: string) => {
    await engine.run(`DELETE FROM ${table} WHERE ${within('day_ms', days)}`);
    await engine.run(`INSERT INTO ${table} ${rows}`);
  };
  await replace('ledger_day', daysOf(dialect, days));
  await replace('ledger_day_group', groupDaysOf(dialect, days));
  await replace('ledger_day_owner', ownerDaysOf(dialect, days));
}

function daysOf(d: Dialect, days: TimeWindow): string {
  return `
    SELECT ${d.div('hour_ms', String(DAY_MS))} * ${DAY_MS} AS of_day, subject_id, ${sums(d)}
    FROM ledger AS l WHERE ${within('hour_ms', days)} GROUP BY 1, 2`;
}

function groupDaysOf(d: Dialect, days: TimeWindow): string {
  return `
    SELECT l.day_ms AS of_day, s.group_id AS of_group, ${sums(d)}
    FROM ledger_day AS l JOIN subject AS s ON s.subject_id = l.subject_id
    WHERE ${within('l.day_ms', days)} GROUP BY 1, 2`;
}

function ownerDaysOf(d: Dialect, days: TimeWindow): string {
  const owners = OWNERS.map((column) => `s.${column}`).join(', ');
  return `
    SELECT l.day_ms AS of_day, ${OWNERS.map((column) => `s.${column} AS of_${column}`).join(', ')}, ${sums(d)}
    FROM ledger_day_group AS l JOIN subject_group AS s ON s.group_id = l.group_id
    WHERE ${within('l.day_ms', days)} GROUP BY l.day_ms, ${owners}`;
}

async function sumSpans(engine: SqlEngine, days: TimeWindow, untilMs: EpochMs): Promise<void> {
  const { dialect: d } = engine;
  const from = Math.floor(days.fromMs / SPAN_MS) * SPAN_MS;
  const to = Math.min(Math.ceil(days.toMs / SPAN_MS), Math.floor(untilMs / SPAN_MS)) * SPAN_MS;
  if (from >= to) return;
  const keys = ['node', ...OWNERS];
  await engine.run(`
    INSERT INTO ledger_span_node
    SELECT of_span, ${keys.map((column) => `of_${column}`).join(', ')}, ${sums(d)} FROM (
      SELECT ${spanOf(d, 'r.day_ms')} AS of_span, ${keys.map((column) => `s.${column} AS of_${column}`).join(', ')}, r.*
      FROM ledger_day AS r JOIN subject AS s ON s.subject_id = r.subject_id
      WHERE ${within('r.day_ms', { fromMs: from, toMs: to })}
    ) AS l
    GROUP BY of_span, ${keys.map((column) => `of_${column}`).join(', ')}`);
}

/** The spans that lie in a window as a whole, as a condition. */
export function wholeSpans(column: string, { fromMs, toMs }: TimeWindow): string {
  return `${column} >= ${Math.ceil(fromMs / SPAN_MS)} AND ${column} < ${Math.floor(toMs / SPAN_MS)}`;
}

/** The days of the ledger in a window that are in no whole span, or in none that is added up (yet): `day_ms`. */
export function daysWithoutSpan(d: Dialect, window: TimeWindow): string {
  return `
    SELECT day_ms FROM (SELECT DISTINCT day_ms FROM ledger_day_owner WHERE ${within('day_ms', window)}) AS possible
    LEFT JOIN (SELECT DISTINCT span_no FROM ledger_span_node WHERE ${wholeSpans('span_no', window)}) AS known
      ON known.span_no = ${spanOf(d, 'possible.day_ms')}
    WHERE known.span_no IS NULL`;
}

function spanOf(d: Dialect, ms: string): string {
  return `CAST(${d.div(ms, String(SPAN_MS))} AS INTEGER)`;
}

function touchedSpans(column: string, { fromMs, toMs }: TimeWindow): string {
  return `${column} >= ${Math.floor(fromMs / SPAN_MS)} AND ${column} < ${Math.ceil(toMs / SPAN_MS)}`;
}

export function within(column: string, { fromMs, toMs }: TimeWindow): string {
  return `${column} >= ${fromMs} AND ${column} < ${toMs}`;
}

function sums(d: Dialect): string {
  return MEASURES.map((column) => {
    const sum = d.sum(`l.${column}`);
    return column.endsWith('_ticks') ? `CAST(${sum} AS BIGINT)` : sum;
  }).join(', ');
}
