import type { SavedView } from '../../domain/views/saved-view.ts';
import { type Dialect, quote } from './dialect.ts';
import type { SqlEngine } from './engine.ts';
import type { KeyedRows } from './guardrail-records.ts';

export async function views(engine: SqlEngine): Promise<readonly SavedView[]> {
  const rows = await engine.read('SELECT name, address, saved_ms FROM saved_view ORDER BY name');
  return rows.map((row) => ({
    name: String(row['name']),
    address: String(row['address']),
    savedAtMs: Number(row['saved_ms']),
  }));
}

export function viewReplacement(dialect: Dialect, { name, address, savedAtMs }: SavedView): KeyedRows {
  return { ...viewRemoval(dialect, name), rows: [[name, address, savedAtMs]] };
}

export function viewRemoval(dialect: Dialect, name: string): KeyedRows {
  return { table: 'saved_view', where: `name = ${quote(dialect, name)}`, rows: [] };
}
