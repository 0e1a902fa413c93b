import { FITS, type FoundName, NAME_KINDS, type NameKind } from '../../ports/name-search.ts';
import { type Dialect, quote } from './dialect.ts';
import type { SqlEngine } from './engine.ts';

/** Where names of a kind are: rows of `found_id`, `found_name` and `found_detail`, each thing once or more. */
type Place = Readonly<{ id: string; name: string; detail: string; from: string }>;

const PLACES: Readonly<Record<NameKind, Place>> = {
  team: groups('team', "''"),
  model: groups('model', "''"),
  endpoint: {
    id: 'endpoint',
    name: 'endpoint',
    detail: 'max(model)',
    from: '(SELECT endpoint, max(model) AS model FROM traffic_hour GROUP BY endpoint UNION ALL SELECT endpoint, max(model) AS model FROM request GROUP BY endpoint) AS served',
  },
  workload: groups('workload_name', 'max(team)'),
  run: { id: 'run_id', name: 'name', detail: 'max(team)', from: 'run_total' },
  pool: groups('pool', "''"),
  gpuModel: groups('gpu_model', "''"),
  node: { id: 'node', name: 'node', detail: 'max(gpu_model)', from: 'subject' },
  device: { id: 'device_id', name: 'device_id', detail: 'max(node)', from: 'subject' },
};

/** What stands for nobody, for everything, and for what the ledger has no name for. */
const NO_NAMES = ["''", "'*'", "'nobody'", "'none'"].join(', ');

export async function findNames(
  engine: SqlEngine,
  text: string,
  limit: number,
): Promise<readonly FoundName[]> {
  if (text === '') return [];
  const found = await Promise.all(NAME_KINDS.map((kind) => findKind(engine, kind, text, limit)));
  return found.flat();
}

async function findKind(
  engine: SqlEngine,
  kind: NameKind,
  text: string,
  limit: number,
): Promise<readonly FoundName[]> {
  const { id, name, detail, from } = PLACES[kind];
  const rank = fitSql(engine.dialect, id === name ? [name] : [name, id], text);
  const rows = await engine.read(`
    SELECT found_id AS i, found_name AS n, found_detail AS d, found_rank AS r FROM (
      SELECT ${id} AS found_id, ${name} AS found_name, ${detail} AS found_detail, ${rank} AS found_rank
      FROM ${from} WHERE ${name} NOT IN (${NO_NAMES}) GROUP BY ${[...new Set([id, name])].join(', ')}
    ) AS named WHERE found_rank < ${FITS.length} ORDER BY r, n, i LIMIT ${limit}`);
  return rows.map(({ i, n, d, r }) => ({
    kind,
    id: String(i),
    name: String(n),
    detail: String(d),
    fit: FITS[Number(r)]!,
  }));
}

/** Names that leave or enter the ledger's rows by owner, each once for all devices. */
function groups(column: string, detail: string): Place {
  return { id: column, name: column, detail, from: 'subject_group' };
}

/** The place in `FITS` of the column that fits best; beyond them where none does. */
function fitSql(d: Dialect, columns: readonly string[], text: string): string {
  const needle = `lower(${quote(d, text)})`;
  const any = (condition: (column: string) => string) =>
    columns.map((column) => condition(`lower(${column})`)).join(' OR ');
  return `CASE WHEN ${any((column) => `${column} = ${needle}`)} THEN 0
    WHEN ${any((column) => d.startsWith(column, needle))} THEN 1
    WHEN ${any((column) => `replace(${column}, ${needle}, '') <> ${column}`)} THEN 2 ELSE 3 END`;
}
