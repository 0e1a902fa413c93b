import { NOBODY, UNTAGGED } from '../../../domain/ownership/owner.ts';
import type { TimeWindow } from '../../../domain/time/window.ts';
import type { SqlEngine } from '../engine.ts';
import { columnsOf } from '../schema.ts';
import { at, type BuildContext, inHalves } from './context.ts';

/**
 * Who and what the rows of this build are about. Every subject that is new gets a number, and a map from what a row knows to that
 * number is left: `w_seat_subject`, `w_unseen_subject` and `w_charge_subject`. Returns the scratch tables it made.
 */
export async function nameSubjects(
  engine: SqlEngine,
  context: BuildContext,
  has: { purchases: boolean; others: boolean },
): Promise<string[]> {
  const made: string[] = [];
  const name = async (of: 'seat' | 'unseen' | 'charge', source: string, keys: readonly string[]) => {
    const found = `w_${of}_identity`;
    const map = `w_${of}_subject`;
    made.push(found, map);
    await engine.scratch(found, withDigest(context, source));
    await engine.run(insertGroups(found));
    await engine.run(insertSubjects(found));
    const select = keys.map((key) => `f.${key} AS ${key}`).join(', ');
    await engine.scratch(
      map,
      `SELECT ${select}, s.subject_id AS subject_id FROM ${found} AS f JOIN subject AS s ON s.identity = f.identity`,
    );
  };
  await name('seat', seatIdentities(context, has.purchases), ['seat_id', 'bill_key']);
  if (has.purchases) await name('unseen', unseenIdentities(), UNSEEN_KEYS);
  if (has.others) await name('charge', chargeIdentities(), [...CHARGE_KEYS, 'is_direct']);
  return made;
}

export const UNSEEN_KEYS = [
  'gpu_device',
  'bill_key',
  'gpu_model',
  'provider',
  'region',
  'instance_type',
  'lifecycle',
];
export const CHARGE_KEYS = ['set_id', 'provider', 'region', 'account', 'service'];
const IDENTITY = columnsOf('subject').filter(
  (column) => !['subject_id', 'identity', 'group_id'].includes(column),
);
const GROUP_IDENTITY = columnsOf('subject_group').filter(
  (column) => !['group_id', 'identity'].includes(column),
);
/** Stands in no name: the unit separator of ASCII. */
const SEPARATOR = '\u001f';

/** What a group says in the place of a column of its subjects. */
function inGroup(column: string): string {
  return ['device_id', 'workload_id'].includes(column)
    ? `CASE WHEN ${column} = '' THEN '' ELSE '*' END`
    : column;
}

function withDigest({ dialect: d }: BuildContext, source: string): string {
  const digest = (values: readonly string[]) =>
    d.digest(`concat(${values.map((value) => `CAST(${value} AS VARCHAR)`).join(`, '${SEPARATOR}', `)})`);
  return `SELECT *, ${digest(IDENTITY)} AS identity, ${digest(GROUP_IDENTITY.map(inGroup))} AS group_identity FROM (${source}) AS found`;
}

function insertGroups(found: string): string {
  const shown = GROUP_IDENTITY.map((column, index) => `${inGroup(column)} AS shown_${index}`);
  return `
    INSERT INTO subject_group
    SELECT (SELECT coalesce(max(group_id), 0) FROM subject_group) + row_number() OVER () AS fresh_id, n.group_identity,
      ${GROUP_IDENTITY.map((_, index) => `n.shown_${index}`).join(', ')}
    FROM (
      SELECT DISTINCT group_identity, ${shown.join(', ')} FROM ${found}
      WHERE group_identity NOT IN (SELECT identity FROM subject_group)
    ) AS n`;
}

function insertSubjects(found: string): string {
  return `
    INSERT INTO subject
    SELECT (SELECT coalesce(max(subject_id), 0) FROM subject) + row_number() OVER () AS fresh_id, n.identity, g.group_id,
      ${IDENTITY.map((column) => `n.${column}`).join(', ')}
    FROM (
      SELECT DISTINCT identity, group_identity, ${IDENTITY.join(', ')} FROM ${found}
      WHERE identity NOT IN (SELECT identity FROM subject)
    ) AS n
    JOIN subject_group AS g ON g.identity = n.group_identity`;
}

/** The workload's owner, else the node's, else that of the bill's tags, each dimension by itself. */
function seatIdentities(context: BuildContext, hasPurchases: boolean): string {
  const ofBill = (column: string) => (hasPurchases ? `coalesce(ba.${column}, '')` : `''`);
  const owner = (column: string) => `
    CASE WHEN wa.${column} <> '' THEN wa.${column} WHEN na.${column} <> '' THEN na.${column}
      WHEN ${ofBill(column)} <> '' THEN ${ofBill(column)} WHEN s.workload_id = '' THEN '${NOBODY}' ELSE '${UNTAGGED}' END AS ${column}`;
  const seats = hasPurchases
    ? pricedSeats(context.window)
    : `SELECT seat_id, piece_id, workload_id, '' AS bill_key, 0 AS is_billed FROM w_seat`;
  const identities = (half: string) => `
    SELECT s.seat_id AS seat_id, s.bill_key AS bill_key, p.device_id AS device_id, s.workload_id AS workload_id,
      CASE WHEN s.workload_id = '' THEN '' ELSE coalesce(w.name, s.workload_id) END AS workload_name,
      CASE WHEN s.workload_id = '' THEN 'none' ELSE coalesce(w.kind, 'unknown') END AS kind,
      ${owner('team')}, ${owner('model')}, ${owner('environment')},
      wa.set_id AS workload_set, na.set_id AS node_set, ${hasPurchases ? 'coalesce(ba.set_id, 0)' : '0'} AS bill_set, p.place_id AS place_id,
      pl.node AS node, pl.pool AS pool, pl.gpu_model AS gpu_model, pl.lifecycle AS lifecycle, pl.provider AS provider,
      pl.region AS region, pl.instance_type AS instance_type,
      CASE WHEN ${ofBill('account')} <> '' THEN ${ofBill('account')} ELSE na.account END AS account, ${ofBill('service')} AS service,
      CASE WHEN s.is_billed = 1 THEN 'bill' ELSE r.source END AS price_source, CASE WHEN s.is_billed = 1 THEN 0 ELSE r.rate_id END AS rate_id,
      CASE WHEN s.is_billed = 1 AND r.source <> 'unpriced' THEN 1 ELSE 0 END AS has_estimate
    FROM (${seats}) AS s
    JOIN (SELECT * FROM w_piece WHERE ${half}) AS p ON p.piece_id = s.piece_id
    JOIN place AS pl ON pl.place_id = p.place_id
    JOIN rate AS r ON r.rate_id = p.rate_id
    JOIN attribute_set AS na ON na.set_id = pl.set_id
    LEFT JOIN workload AS w ON w.workload_id = s.workload_id
    JOIN attribute_set AS wa ON wa.set_id = coalesce(w.set_id, 0)
    ${hasPurchases ? 'LEFT JOIN attribute_set AS ba ON ba.set_key = s.bill_key' : ''}`;
  return inHalves(context, 'device_no', identities);
}

/** Each seat at its rate, and once more for each bill that paid its slots. Pieces outside the window are there for their purchases only. */
function pricedSeats(window: TimeWindow): string {
  return `
    SELECT seat_id, piece_id, workload_id, '' AS bill_key, 0 AS is_billed FROM w_seat
    WHERE piece_id IN (SELECT piece_id FROM w_piece WHERE s < ${at(window.toMs)} AND e > ${at(window.fromMs)})
    UNION ALL
    SELECT s.seat_id AS seat_id, s.piece_id AS piece_id, s.workload_id AS workload_id, b.bill_key AS bill_key, 1 AS is_billed
    FROM w_seat AS s JOIN w_piece AS p ON p.piece_id = s.piece_id
    JOIN (SELECT DISTINCT device_no, place_id, rate_id, bill_key FROM w_billed) AS b
      ON b.device_no = p.device_no AND b.place_id = p.place_id AND b.rate_id = p.rate_id`;
}

function unseenIdentities(): string {
  const owner = (column: string) =>
    `CASE WHEN a.${column} = '' THEN '${NOBODY}' ELSE a.${column} END AS ${column}`;
  return `
    SELECT DISTINCT u.gpu_device AS gpu_device, u.bill_key AS bill_key, u.gpu_device AS device_id, '' AS workload_id, '' AS workload_name,
      'none' AS kind, ${owner('team')}, ${owner('model')}, ${owner('environment')}, 0 AS workload_set, 0 AS node_set, a.set_id AS bill_set,
      -1 AS place_id, u.gpu_device AS node, '' AS pool, u.gpu_model AS gpu_model, u.lifecycle AS lifecycle, u.provider AS provider,
      u.region AS region, u.instance_type AS instance_type, a.account AS account, a.service AS service, 'bill' AS price_source, 0 AS rate_id, 0 AS has_estimate
    FROM w_unseen AS u JOIN attribute_set AS a ON a.set_key = u.bill_key`;
}

function chargeIdentities(): string {
  const owner = (column: string) =>
    `CASE WHEN a.${column} <> '' THEN a.${column} WHEN a.owner <> '{}' THEN '${UNTAGGED}' ELSE '${NOBODY}' END AS ${column}`;
  return `
    SELECT DISTINCT o.set_id AS set_id, CASE WHEN a.owner = '{}' THEN 0 ELSE 1 END AS is_direct, '' AS device_id, '' AS workload_id,
      '' AS workload_name, 'none' AS kind, ${owner('team')}, ${owner('model')}, ${owner('environment')}, 0 AS workload_set, 0 AS node_set,
      o.set_id AS bill_set, -1 AS place_id, '' AS node, '' AS pool, '' AS gpu_model, '' AS lifecycle, o.provider AS provider,
      o.region AS region, '' AS instance_type, o.account AS account, o.service AS service, 'none' AS price_source, 0 AS rate_id, 0 AS has_estimate
    FROM w_other AS o JOIN attribute_set AS a ON a.set_id = o.set_id`;
}
