import { lookUpColumns } from '../../files/column-lookup.ts';
import { openTable } from '../../files/read-table.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { Reject } from '../../ports/source.ts';
import { CONTRACT_COLUMNS, type ContractPrice, type ContractRow } from './contract-price.ts';
import { parseContractRow } from './parse-contract-row.ts';

/** The rows that can be used, in the order of the file, and what was wrong with the others. */
export type ContractPrices = Readonly<{ prices: readonly ContractPrice[]; rejects: readonly Reject[] }>;

const AS_IS = { map: {}, set: {} };

/**
 * Reads a contract file: CSV, JSON or Parquet with the columns of `CONTRACT_COLUMNS`.
 * @throws UnreadableFileError when the file is no table, or has no column `from`
 */
export async function readContractPrices(
  path: string,
  catalog: HardwareCatalog,
  signal: AbortSignal,
): Promise<ContractPrices> {
  const table = await openTable(path, { fields: null, signal });
  const columns = lookUpColumns(path, table.columns, CONTRACT_COLUMNS, AS_IS);
  const readers = CONTRACT_COLUMNS.map(({ name }) => [name, columns.reader(name)] as const);

  const prices: ContractPrice[] = [];
  const rejects: Reject[] = [];
  for await (const row of table.rows) {
    const where = `${path}:${row.line}`;
    if (row.kind === 'broken') {
      rejects.push({ where, code: 'broken-row', message: row.message });
      continue;
    }
    const cells: ContractRow = Object.fromEntries(readers.map(([name, read]) => [name, read(row.cells)]));
    sort(parseContractRow(cells, where, catalog), prices, rejects);
  }
  return { prices, rejects };
}

/** The same for rows that stand in `tare.yaml`; `where` names the list: `tare.yaml:prices.contract`. */
export function parseContractRows(
  rows: readonly ContractRow[],
  where: string,
  catalog: HardwareCatalog,
): ContractPrices {
  const prices: ContractPrice[] = [];
  const rejects: Reject[] = [];
  rows.forEach((row, index) => {
    sort(parseContractRow(row, `${where}[${index}]`, catalog), prices, rejects);
  });
  return { prices, rejects };
}

function sort(parsed: ReturnType<typeof parseContractRow>, prices: ContractPrice[], rejects: Reject[]): void {
  if (parsed.kind === 'price') prices.push(parsed.price);
  else rejects.push(parsed.reject);
}
