import { StoreFailure } from '../../ports/failures.ts';

/** What DuckDB says when it cannot open a file, with what to do about it. */
export function openFailure(path: string, thrown: unknown): StoreFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const holder = /PID (\d+)/.exec(message)?.[1];
  if (/could not set lock|being used by another process/i.test(message)) {
    return new StoreFailure(
      'store-in-use',
      `${path}: another process${holder ? ` (${holder})` : ''} has the store open, and it is no Tare server that can be asked`,
      'wait until it has ended, or stop it; another store is chosen with --store',
      thrown,
    );
  }
  if (/newer version|different version|storage version/i.test(message)) {
    return new StoreFailure(
      'store-too-new',
      `${path}: a newer version wrote this store`,
      'use that version of Tare, or another store with --store',
      thrown,
    );
  }
  return new StoreFailure(
    'store-not-openable',
    `${path}: ${message.split('\n')[0]}`,
    'check that the path may be written and is a store of Tare; another is chosen with --store',
    thrown,
  );
}
