import type { Alert } from '../../domain/governance/alerts/alert.ts';
import type { Notice } from '../../domain/governance/alerts/notice.ts';
import type { AnomalyJudgement } from '../../domain/governance/anomalies/judgement.ts';
import { type Dialect, quote } from './dialect.ts';
import type { Cell, Row, SqlEngine } from './engine.ts';
import type { TableName } from './schema.ts';

/** Rows to put in the place of those with the same keys. */
export type KeyedRows = Readonly<{ table: TableName; where: string; rows: readonly (readonly Cell[])[] }>;

export async function judgements(engine: SqlEngine): Promise<readonly AnomalyJudgement[]> {
  const rows = await engine.read(
    'SELECT * FROM judgement ORDER BY at_ms, measure, dimension, owner, from_ms',
  );
  return rows.map((row) => ({
    measure: String(row['measure']) as AnomalyJudgement['measure'],
    dimension: String(row['dimension']),
    owner: String(row['owner']),
    fromMs: Number(row['from_ms']),
    toMs: Number(row['to_ms']),
    verdict: String(row['verdict']) as AnomalyJudgement['verdict'],
    note: textOrNull(row['note']),
    by: textOrNull(row['judged_by']),
    atMs: Number(row['at_ms']),
  }));
}

export function judgementReplacement(dialect: Dialect, one: AnomalyJudgement): KeyedRows {
  const { measure, dimension, owner, fromMs, toMs, verdict, note, by, atMs } = one;
  const text = (value: string) => quote(dialect, value);
  return {
    table: 'judgement',
    where: `measure = ${text(measure)} AND dimension = ${text(dimension)} AND owner = ${text(owner)} AND from_ms = ${fromMs}`,
    rows: [[measure, dimension, owner, fromMs, toMs, verdict, note ?? '', by ?? '', atMs]],
  };
}

export async function alerts(engine: SqlEngine, endedSinceMs: number): Promise<readonly Alert[]> {
  const rows = await engine.read(
    `SELECT * FROM alert WHERE end_ms IS NULL OR end_ms >= ${endedSinceMs} ORDER BY start_ms, alert_id`,
  );
  return rows.map((row) => ({
    id: String(row['alert_id']),
    key: String(row['alert_key']),
    kind: String(row['kind']) as Alert['kind'],
    severity: String(row['severity']) as Alert['severity'],
    owner: JSON.parse(String(row['owner'])),
    title: String(row['title']),
    text: String(row['message']),
    startMs: Number(row['start_ms']),
    missingSinceMs: numberOrNull(row['missing_ms']),
    endMs: numberOrNull(row['end_ms']),
  }));
}

export function alertReplacement(dialect: Dialect, given: readonly Alert[]): KeyedRows {
  return {
    table: 'alert',
    where: `alert_id IN (${given.map(({ id }) => quote(dialect, id)).join(', ')})`,
    rows: given.map((alert) => [
      alert.id,
      alert.key,
      alert.kind,
      alert.severity,
      JSON.stringify(alert.owner),
      alert.title,
      alert.text,
      alert.startMs,
      alert.missingSinceMs,
      alert.endMs,
    ]),
  };
}

export async function notices(engine: SqlEngine, changedSinceMs: number): Promise<readonly Notice[]> {
  const rows = await engine.read(
    `SELECT * FROM notice WHERE state IN ('waiting', 'sending') OR changed_ms >= ${changedSinceMs}
     ORDER BY created_ms, recipient, alert_id, event`,
  );
  return rows.map(toNotice);
}

export function noticeReplacement(dialect: Dialect, given: readonly Notice[]): KeyedRows {
  const text = (value: string) => quote(dialect, value);
  const keys = given.map(
    ({ recipient, alertId, event }) =>
      `(recipient = ${text(recipient)} AND alert_id = ${text(alertId)} AND event = ${text(event)})`,
  );
  return {
    table: 'notice',
    where: keys.join(' OR '),
    rows: given.map((notice) => [
      notice.recipient,
      notice.alertId,
      notice.event,
      notice.state,
      notice.attempts,
      notice.createdMs,
      notice.nextMs,
      notice.messageId ?? '',
      notice.changedMs,
      notice.reason ?? '',
    ]),
  };
}

/** What is removed first cannot be left without what it belongs to: notices, then the alerts that have none any more. */
export async function pruneAlerting(
  engine: SqlEngine,
  settledBeforeMs: number,
): Promise<Readonly<{ alerts: number; notices: number }>> {
  const isOver = `end_ms IS NOT NULL AND end_ms < ${settledBeforeMs}`;
  const isSettled = `state NOT IN ('waiting', 'sending') AND changed_ms < ${settledBeforeMs}`;
  const isKept = `(SELECT alert_id FROM notice WHERE NOT (${isSettled}))`;
  const notices = await remove(
    engine,
    'notice',
    `${isSettled} AND (event = 'digest' OR alert_id IN (SELECT alert_id FROM alert WHERE ${isOver} AND alert_id NOT IN ${isKept}))`,
  );
  const alerts = await remove(engine, 'alert', `${isOver} AND alert_id NOT IN (SELECT alert_id FROM notice)`);
  return { alerts, notices };
}

/** Nothing is written where there is nothing to remove, which is how it is on most days. */
async function remove(engine: SqlEngine, table: TableName, where: string): Promise<number> {
  const [row] = await engine.rows(`SELECT count(*) AS n FROM ${table} WHERE ${where}`);
  const count = Number(row!['n']);
  if (count > 0) await engine.run(`DELETE FROM ${table} WHERE ${where}`);
  return count;
}

function toNotice(row: Row): Notice {
  return {
    recipient: String(row['recipient']),
    alertId: String(row['alert_id']),
    event: String(row['event']) as Notice['event'],
    state: String(row['state']) as Notice['state'],
    attempts: Number(row['attempts']),
    createdMs: Number(row['created_ms']),
    nextMs: Number(row['next_ms']),
    messageId: textOrNull(row['message_id']),
    changedMs: Number(row['changed_ms']),
    reason: textOrNull(row['reason']),
  };
}

function textOrNull(value: unknown): string | null {
  const text = String(value ?? '');
  return text === '' ? null : text;
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
