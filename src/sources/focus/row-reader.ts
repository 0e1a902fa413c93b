import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { explainDecimal, type NumberStyle, toPlainDecimal } from './bill-decimal.ts';
import type { ParsedInstant } from './bill-instant.ts';
import type { BillWarnings } from './bill-warnings.ts';
import { type BoundColumns, readCell } from './bind-columns.ts';
import { convertMoney } from './convert-money.ts';
import type { FocusColumn } from './focus-columns.ts';
import { ownCopy } from './text-cache.ts';

export type BillRow = Readonly<{ line: number; cells: readonly (string | null)[] }>;

/** Why a row cannot be used: the first thing that is wrong with it. */
export type RowProblem = Readonly<{ column: FocusColumn; code: string; message: string }>;

export type RowOptions = Readonly<{
  bound: BoundColumns;
  warnings: BillWarnings;
  numbers: NumberStyle;
  instantOf: (text: string) => ParsedInstant | undefined;
  /** Somebody said how dates are meant, so that using the rule is nothing to warn about. */
  datesAreStated: boolean;
}>;

/** `DECIMAL(38, 12)`. */
const MAX_PICOS = 10n ** 38n;

/** Thrown inside of one row and caught at its end; the first bad cell decides. */
export class BadCell extends Error {
  readonly problem: RowProblem;

  constructor(problem: RowProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The cells of one row by column, each read as what it should be. Throws `BadCell` for one that is not. */
export class RowReader {
  readonly line: number;
  readonly cells: BillRow['cells'];
  readonly #options: RowOptions;

  constructor(row: BillRow, options: RowOptions) {
    this.line = row.line;
    this.cells = row.cells;
    this.#options = options;
  }

  text(column: FocusColumn): string | null {
    return readCell(this.cells, this.#options.bound, column);
  }

  money(column: FocusColumn, rate: bigint | null): Picos | null {
    const text = this.text(column);
    if (text === null) return null;
    const plain = toPlainDecimal(text, this.#options.numbers);
    const parsed = plain === undefined ? undefined : parsePicos(plain);
    if (!parsed) throw this.bad(column, 'not-a-decimal', explainDecimal(text));
    if (parsed.isRounded) this.#options.warnings.count('rounded-to-picos');
    const picos = rate === null ? parsed.picos : convertMoney(parsed.picos, rate);
    if (picos >= MAX_PICOS || picos <= -MAX_PICOS) {
      throw this.bad(
        column,
        'amount-too-large',
        `\`${text}\` is more than 26 digits of money; correct the cell`,
      );
    }
    return picos;
  }

  quantity(column: FocusColumn): string | null {
    const text = this.text(column);
    if (text === null) return null;
    const plain = toPlainDecimal(text, this.#options.numbers);
    if (plain === undefined) this.#options.warnings.count('quantity-unreadable');
    return plain ?? null;
  }

  instant(column: FocusColumn): EpochMs | null {
    const text = this.text(column);
    if (text === null) return null;
    const parsed = this.#options.instantOf(text);
    if (!parsed) {
      throw this.bad(
        column,
        'not-an-instant',
        `\`${text}\` is not an instant; expected UTC such as 2026-10-14T09:00:00Z (or 10/14/26, month first; --set dates=day-first for 14/10/26)`,
      );
    }
    this.#countRule(parsed.rule);
    return parsed.atMs;
  }

  missingInstant(column: FocusColumn): BadCell {
    return this.bad(
      column,
      'missing-value',
      `${column} is blank, and so is the billing period; a charge needs a start and an end. Export it again`,
    );
  }

  bad(column: FocusColumn, code: string, message: string): BadCell {
    // The cell is quoted in the message, which outlives its chunk of the file.
    return new BadCell({ column, code, message: ownCopy(message) });
  }

  #countRule(rule: ParsedInstant['rule']): void {
    const { warnings, datesAreStated } = this.#options;
    if (rule === 'hour-overflow') warnings.count('hour-overflow');
    if (rule === 'slashes' && !datesAreStated) warnings.count('us-dates');
  }
}
