import type { DatasetRecord } from '../../ports/store.ts';

/** What brings the dataset again: its file once more, or another look at the live source it came from. */
export function importCommand({ name, kind }: Pick<DatasetRecord, 'name' | 'kind'>): string {
  const path = name.startsWith(`${kind}:`) ? name.slice(kind.length + 1) : name;
  if (!isAbsolute(path)) return `tare collect ${quoted(path.split('/')[0]!)}`;
  return `tare import ${quoted(path)} --kind ${kind}`;
}

/** Files are named by where they lie, chunks of live sources are not. */
function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
}

/** A word of a shell command, in quotes where it would fall apart or mean something else. */
export function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
