import type { SqlEngine } from './engine.ts';
import { columnsOf } from './schema.ts';

const IDENTITY = columnsOf('subject').filter((column) => column !== 'subject_id');

/** Subjects of GPU time, of GPU purchases that telemetry does not know, and of other charges, in one shape. */
const SOURCES = {
  w_seat_identity: {
    of: 'w_subject',
    values: {
      rate_id: `CASE WHEN f.price_source = 'bill' THEN 0 ELSE f.rate_id END`,
    } as Readonly<Record<string, string>>,
  },
  w_unseen_identity: {
    of: `(SELECT DISTINCT u.gpu_device AS gpu_device, u.bill_key AS bill_key, u.gpu_model AS gpu_model, u.provider AS provider, u.region AS region,
        u.instance_type AS instance_type, u.lifecycle AS lifecycle, a.team AS team, a.model AS model, a.environment AS environment, a.set_id AS bill_set,
        a.account AS account, a.service AS service
      FROM w_unseen AS u JOIN attribute_set AS a ON a.set_key = u.bill_key)`,
    values: {
      device_id: 'f.gpu_device',
      workload_id: `''`,
      workload_name: `''`,
      kind: `'none'`,
      team: `CASE WHEN f.team = '' THEN 'nobody' ELSE f.team END`,
      model: `CASE WHEN f.model = '' THEN 'nobody' ELSE f.model END`,
      environment: `CASE WHEN f.environment = '' THEN 'nobody' ELSE f.environment END`,
      workload_set: '0',
      node_set: '0',
      place_id: '-1',
      node: 'f.gpu_device',
      pool: `''`,
      price_source: `'bill'`,
      rate_id: '0',
    } as Readonly<Record<string, string>>,
  },
  w_charge_identity: {
    of: 'w_other_subject',
    values: {
      device_id: `''`,
      workload_id: `''`,
      workload_name: `''`,
      kind: `'none'`,
      team: owned('team'),
      model: owned('model'),
      environment: owned('environment'),
      workload_set: '0',
      node_set: '0',
      bill_set: 'f.set_id',
      place_id: '-1',
      node: `''`,
      pool: `''`,
      gpu_model: `''`,
      lifecycle: `''`,
      instance_type: `''`,
      price_source: `'none'`,
      rate_id: '0',
    } as Readonly<Record<string, string>>,
  },
} as const;

function owned(dimension: string): string {
  return `CASE WHEN f.${dimension} <> '' THEN f.${dimension} WHEN f.is_direct = 1 THEN 'untagged' ELSE 'nobody' END`;
}

/**
 * Gives every subject of the rows being built a number, and leaves `w_seat_subject`, `w_unseen_subject` and `w_charge_subject`, which
 * join rows to it. Returns the scratch tables it made.
 */
export async function storeNewSubjects(engine: SqlEngine): Promise<string[]> {
  const made: string[] = [];
  for (const [name, { of, values }] of Object.entries(SOURCES)) {
    const columns = IDENTITY.map((column) => `${values[column] ?? `f.${column}`} AS ${column}`).join(', ');
    await engine.scratch(name, `SELECT DISTINCT ${columns} FROM ${of} AS f`);
    made.push(name);
    await engine.run(`
      INSERT INTO subject
      SELECT (SELECT coalesce(max(subject_id), 0) FROM subject) + row_number() OVER (ORDER BY ${IDENTITY.map((c) => `n.${c}`).join(', ')}) AS fresh_id,
        ${IDENTITY.map((column) => `n.${column}`).join(', ')}
      FROM ${name} AS n LEFT JOIN subject AS s ON ${sameIdentity('n', 's')}
      WHERE s.subject_id IS NULL`);
  }
  const maps: [string, string, string, Readonly<Record<string, string>>][] = [
    [
      'w_seat_subject',
      'w_subject',
      'f.seat_id AS seat_id, f.bill_key AS bill_key',
      SOURCES.w_seat_identity.values,
    ],
    [
      'w_unseen_subject',
      SOURCES.w_unseen_identity.of,
      'f.gpu_device AS gpu_device, f.bill_key AS bill_key, f.gpu_model AS gpu_model, f.provider AS provider, f.region AS region, f.instance_type AS instance_type, f.lifecycle AS lifecycle',
      SOURCES.w_unseen_identity.values,
    ],
    [
      'w_charge_subject',
      'w_other_subject',
      'f.set_id AS set_id, f.provider AS provider, f.region AS region, f.account AS account, f.service AS service, f.is_direct AS is_direct',
      SOURCES.w_charge_identity.values,
    ],
  ];
  for (const [name, of, keys, values] of maps) {
    const equal = IDENTITY.map((column) => `s.${column} = ${values[column] ?? `f.${column}`}`).join(' AND ');
    await engine.scratch(
      name,
      `SELECT ${keys}, s.subject_id AS subject_id FROM ${of} AS f JOIN subject AS s ON ${equal}`,
    );
    made.push(name);
  }
  return made;
}

function sameIdentity(a: string, b: string): string {
  return IDENTITY.map((column) => `${b}.${column} = ${a}.${column}`).join(' AND ');
}
