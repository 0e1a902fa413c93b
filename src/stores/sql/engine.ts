import type { Dialect } from './dialect.ts';
import type { TableName } from './schema.ts';

export type Cell = string | number | bigint | null;
export type Row = Readonly<Record<string, unknown>>;

/** One database engine, as far as the shared store needs it. */
export interface SqlEngine {
  readonly dialect: Dialect;
  readonly url: string;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Row[]>;
  /** The same beside a write that is going on, and without seeing what that has not finished. */
  read(sql: string): Promise<Row[]>;
  /** Appends rows whose cells follow the columns of `shape`, into a table of that shape with this name. */
  append(table: string, shape: TableName, rows: readonly (readonly Cell[])[]): Promise<void>;
  /** Creates (again) a table that lives until it is dropped or the process ends, with the result of a query. */
  scratch(name: string, select: string): Promise<void>;
  /** The same, but on an engine without transactions it survives a kill. */
  keep(name: string, select: string): Promise<void>;
  /** An empty scratch table in the shape of a stored one, with one more column `same INTEGER`. */
  stage(name: string, shape: TableName): Promise<void>;
  drop(names: readonly string[]): Promise<void>;
  /**
   * All or nothing. An engine without transactions runs the work as it is: what is passed here can be run again from the start
   * after a kill, and `SqlStore` does that on opening.
   */
  atomically<T>(work: () => Promise<T>): Promise<T>;
  readonly hasTransactions: boolean;
  close(): Promise<void>;
}
