import type { Attributes } from '../domain/facts/facts.ts';
import { DAY_MS, type EpochMs, formatInstant } from '../domain/time/window.ts';
import type { Reject } from '../ports/source.ts';
import type { CellReader, ColumnLookup } from './column-lookup.ts';
import { flattenJson } from './flatten-json.ts';
import { isUnknownText, type ReadCell, readInstant, readNumber } from './read-cell.ts';

type Cells = readonly (string | null)[];

/** A fraction or percentage may overshoot by a rounding of its exporter. */
const ROUNDING = 0.001;

/**
 * Reads our columns from one row after the other. The first thing that is wrong with a row is kept in `reject`; what is read after
 * that does not matter, because the row is not used.
 */
export class RowReader {
  reject: Reject | null = null;
  readonly #path: string;
  readonly #columns: ColumnLookup;
  readonly #nowMs: EpochMs;
  readonly #readers = new Map<string, CellReader>();
  readonly #families = new Map<string, readonly string[]>();
  #attributeColumns: [string, string][] | null = null;
  #line = 0;
  #cells: Cells = [];

  constructor(path: string, columns: ColumnLookup, nowMs: EpochMs) {
    this.#path = path;
    this.#columns = columns;
    this.#nowMs = nowMs;
  }

  take(row: Readonly<{ line: number; cells: Cells }>): void {
    this.#line = row.line;
    this.#cells = row.cells;
    this.reject = null;
  }

  /** Of the row that is being read, for ids of rows that bring none. */
  get line(): number {
    return this.#line;
  }

  /** `null` when blank, absent or one of the usual words for unknown. */
  text(name: string): string | null {
    const text = this.raw(name);
    return text === null || isUnknownText(text) ? null : text;
  }

  raw(name: string): string | null {
    let reader = this.#readers.get(name);
    if (!reader) {
      reader = this.#columns.reader(name);
      this.#readers.set(name, reader);
    }
    return reader(this.#cells);
  }

  /** The text, or a reject that says that it is missing. Slashes become colons: ids stand in paths. */
  id(name: string): string {
    const text = this.text(name);
    if (text !== null) return text.replaceAll('/', ':');
    const raw = this.raw(name);
    const found = raw === null ? 'blank' : `\`${raw}\``;
    this.fail(
      name,
      `missing-${name}`,
      `the ${name} is ${found}; a row without it belongs to nobody, leave it out or fill it in`,
    );
    return '';
  }

  required<T>(name: string, value: T | null, fallback: T): T {
    if (value !== null || this.reject) return value ?? fallback;
    this.fail(name, 'missing-value', 'the cell is blank, but every row needs it');
    return fallback;
  }

  /** Any number. */
  number(name: string): number | null {
    return this.#parsed(name, readNumber);
  }

  /** A number that is not negative. */
  amount(name: string): number | null {
    const value = this.#parsed(name, readNumber);
    if (value !== null && value < 0)
      this.fail(name, 'out-of-range', `${value} is negative; expected zero or more`);
    return value;
  }

  count(name: string): number | null {
    const value = this.amount(name);
    if (value !== null && !Number.isInteger(value))
      this.fail(name, 'out-of-range', `${value} is not a whole number`);
    return value;
  }

  /** 0–1. A percentage in a column of fractions would make a chip a hundred times as busy, so it is refused. */
  fraction(name: string, percentColumn: string | null): number | null {
    const value = this.#parsed(name, readNumber);
    if (value === null || (value >= -ROUNDING && value <= 1 + ROUNDING)) return clamp(value);
    const hint =
      percentColumn === null
        ? ''
        : `; percentages go into \`${percentColumn}\`: --map ${percentColumn}=${this.#columns.spelling(name)}`;
    this.fail(name, 'out-of-range', `${value} is not a fraction from 0 to 1${hint}`);
    return null;
  }

  /** 0–100, with or without a percent sign, as a fraction 0–1. */
  percent(name: string): number | null {
    const value = this.#parsed(name, (text) => readNumber(text.replace(/\s*%$/, '')));
    if (value === null || (value >= -100 * ROUNDING && value <= 100 + 100 * ROUNDING))
      return clamp(value === null ? null : value / 100);
    this.fail(name, 'out-of-range', `${value} is not a percentage from 0 to 100`);
    return null;
  }

  /** `null` when blank. More than a day in the future is a clock that is wrong. */
  instant(name: string): EpochMs | null {
    const at = this.#parsed(name, readInstant);
    if (at !== null && at > this.#nowMs + DAY_MS)
      this.fail(
        name,
        'wrong-clock',
        `${describe(at)} lies more than a day in the future; check the clock of the machine that wrote it, and the unit (numbers below 100000000000 are seconds, others milliseconds)`,
      );
    return at;
  }

  /** An end may lie in the future: a reservation names the day it runs out. */
  end(name: string): EpochMs | null {
    return this.#parsed(name, readInstant);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | null {
    const text = this.text(name);
    if (text === null) return null;
    const normal = text.toLowerCase().replaceAll(/[- ]/g, '_');
    const value = values.find((candidate) => candidate === normal);
    if (value === undefined)
      this.fail(name, `unknown-${name}`, `\`${text}\` is none of ${values.join(', ')}`);
    return value ?? null;
  }

  /** Owner columns as the attributes they are named for, and `label:NAME` columns as `PREFIX:NAME`. */
  attributes(names: Readonly<Record<string, string>>, labelPrefix: string): Attributes {
    this.#attributeColumns ??= this.#findAttributes(names, labelPrefix);
    const attributes: Record<string, string> = {};
    for (const [column, attribute] of this.#attributeColumns) {
      const value = this.text(column);
      if (value !== null) attributes[attribute] = value;
    }
    return attributes;
  }

  /** Only those that the file has: this is asked for every row. */
  #findAttributes(names: Readonly<Record<string, string>>, labelPrefix: string): [string, string][] {
    const labels = this.#columns.labels.map((label): [string, string] => [
      label,
      `${labelPrefix}:${label.slice('label:'.length)}`,
    ]);
    return [...labels, ...Object.entries(names).filter(([column]) => this.#columns.has(column))];
  }

  /** A JSON object in one cell, its leaves by their dotted names; `null` when blank. */
  record(name: string): ReadonlyMap<string, string> | null {
    const text = this.text(name);
    if (text === null) return null;
    try {
      return flattenJson(text);
    } catch (error) {
      this.fail(name, 'bad-json', `this is not a JSON object: ${(error as Error).message}`);
      return null;
    }
  }

  /** Every column of a family, by its name without the prefix, that is not blank. */
  family(prefix: string): (readonly [name: string, text: string])[] {
    let names = this.#families.get(prefix);
    if (!names) {
      names = this.#columns.family(prefix);
      this.#families.set(prefix, names);
    }
    return names.flatMap((name) => {
      const text = this.text(name);
      return text === null ? [] : [[name.slice(prefix.length), text] as const];
    });
  }

  fail(name: string, code: string, message: string): void {
    this.reject ??= {
      where: `${this.#path}:${this.#line}:${this.#columns.spelling(name)}`,
      code,
      message,
    };
  }

  #parsed(name: string, read: (text: string) => ReadCell<number>): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const cell = read(text);
    if ('value' in cell) return cell.value;
    this.fail(name, cell.problem.code, cell.problem.message);
    return null;
  }
}

function clamp(value: number | null): number | null {
  return value === null ? null : Math.min(1, Math.max(0, value));
}

/** A number of the wrong unit may be no date at all. */
function describe(at: EpochMs): string {
  return Math.abs(at) <= 8.64e15 ? formatInstant(at) : String(at);
}
