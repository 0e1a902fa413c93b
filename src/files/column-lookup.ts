import { nearestName } from './nearest-name.ts';
import { UnreadableFileError } from './unreadable-file-error.ts';

/** A name that ends in `NAME` (`param.NAME`) stands for every column that starts like it; `label:NAME` is wanted by every kind. */
export type WantedColumn = Readonly<{ name: string; isRequired: boolean; meaning: string }>;

export type ColumnSettings = Readonly<{
  /** Our column → theirs. */
  map: Readonly<Record<string, string>>;
  /** Our column → a constant for every row. */
  set: Readonly<Record<string, string>>;
}>;

type Cells = readonly (string | null)[];
export type CellReader = (cells: Cells) => string | null;

/** Where our columns stand in one file. */
export type ColumnLookup = Readonly<{
  has(name: string): boolean;
  /** Reads one of our columns from a row: trimmed, `null` when blank, absent, or when the file has no such column. */
  reader(name: string): CellReader;
  /** How the file spells one of our columns, for messages. */
  spelling(name: string): string;
  /** Columns named `label:NAME`, by their whole name. */
  labels: readonly string[];
  /** Columns of another family, by their whole name: `family('param.')`. */
  family(prefix: string): readonly string[];
}>;

const LABEL = 'label:';
const PLACEHOLDER = 'NAME';

/**
 * Finds our columns in a file: by `--set`, then `--map`, then by name without regard to case. Any column `label:NAME` is taken along, and those of
 * the families that are wanted.
 * @throws UnreadableFileError for a required column that is nowhere, and for a mapping that names a column that does not exist
 */
export function lookUpColumns(
  path: string,
  columns: readonly string[],
  wanted: readonly WantedColumn[],
  settings: ColumnSettings,
): ColumnLookup {
  const prefixes = prefixesOf(wanted);
  checkNames(path, wanted, prefixes, settings);
  const spelled = [...columns, ...Object.keys(settings.map), ...Object.keys(settings.set)];
  const family = (prefix: string) => [...new Set(spelled.filter((name) => isOf(prefix, name)))];
  const names = [...wanted.map(({ name }) => name), ...prefixes.flatMap(family)];

  const readers = new Map<string, CellReader>();
  const spellings = new Map<string, string>();
  for (const name of names) {
    const constant = settings.set[name]?.trim();
    if (constant !== undefined) {
      readers.set(name, () => (constant === '' ? null : constant));
      continue;
    }
    const index = indexOf(path, columns, name, settings.map[name]);
    if (index === undefined) continue;
    readers.set(name, cellReader(index));
    spellings.set(name, columns[index]!);
  }

  for (const column of wanted) {
    if (column.isRequired && !readers.has(column.name)) throw missingColumn(path, columns, column);
  }
  return {
    has: (name) => readers.has(name),
    reader: (name) => readers.get(name) ?? (() => null),
    spelling: (name) => spellings.get(name) ?? name,
    labels: family(LABEL),
    family,
  };
}

function prefixesOf(wanted: readonly WantedColumn[]): string[] {
  const families = wanted.filter(({ name }) => name.endsWith(PLACEHOLDER));
  return [LABEL, ...families.map(({ name }) => name.slice(0, -PLACEHOLDER.length))];
}

function isOf(prefix: string, name: string): boolean {
  return name.length > prefix.length && name.toLowerCase().startsWith(prefix.toLowerCase());
}

function cellReader(index: number): CellReader {
  return (cells) => {
    const cell = cells[index];
    if (cell === null || cell === undefined || cell === '') return null;
    const trimmed = cell.trim();
    return trimmed === '' ? null : trimmed;
  };
}

function checkNames(
  path: string,
  wanted: readonly WantedColumn[],
  prefixes: readonly string[],
  settings: ColumnSettings,
): void {
  const ours = wanted.map(({ name }) => name);
  for (const [flag, names] of [
    ['--map', Object.keys(settings.map)],
    ['--set', Object.keys(settings.set)],
  ] as const) {
    for (const name of names) {
      if (ours.includes(name) || prefixes.some((prefix) => isOf(prefix, name))) continue;
      throw new UnreadableFileError(
        'unknown-column',
        `${path}: ${flag} ${name}=… names a column that this kind does not have.${didYouMean(name, ours)} Columns: ${ours.join(', ')}, label:NAME.`,
      );
    }
  }
  const both = Object.keys(settings.map).find((name) => name in settings.set);
  if (both !== undefined)
    throw new UnreadableFileError(
      'invalid-setting',
      `${path}: \`${both}\` is both mapped (--map) and set (--set). Keep one of the two.`,
    );
}

function indexOf(
  path: string,
  columns: readonly string[],
  ours: string,
  theirs: string | undefined,
): number | undefined {
  const name = theirs ?? ours;
  const exact = positions(columns, (column) => column === name);
  const found =
    exact.length > 0 ? exact : positions(columns, (column) => column.toLowerCase() === name.toLowerCase());
  if (found.length === 1) return found[0];
  if (found.length > 1)
    throw new UnreadableFileError(
      'ambiguous-column',
      `${path}: the column \`${name}\` stands ${found.length} times in the file. Rename or remove all but one.`,
    );
  if (theirs === undefined) return undefined;
  throw new UnreadableFileError(
    'missing-column',
    `${path}: --map ${ours}=${theirs} asks for a column that is not in the file.${didYouMean(theirs, columns)} The file has: ${listed(columns)}.`,
  );
}

function positions(columns: readonly string[], isMatch: (column: string) => boolean): number[] {
  return columns.flatMap((column, index) => (isMatch(column) ? [index] : []));
}

function missingColumn(path: string, columns: readonly string[], wanted: WantedColumn): UnreadableFileError {
  const nearest = nearestName(wanted.name, columns);
  return new UnreadableFileError(
    'missing-column',
    `${path}: there is no column \`${wanted.name}\` (${wanted.meaning}). The file has: ${listed(columns)}. Say which one it is: --map ${wanted.name}=${nearest ?? 'THEIRS'}, or give a constant: --set ${wanted.name}=VALUE.`,
  );
}

function didYouMean(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`;
}

const MOST_LISTED = 40;

function listed(columns: readonly string[]): string {
  const more = columns.length - MOST_LISTED;
  return columns.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
