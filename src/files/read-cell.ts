import { type EpochMs, parseInstant } from '../domain/time/window.ts';

export type CellProblem = Readonly<{ code: string; message: string }>;
export type ReadCell<T> = Readonly<{ value: T }> | Readonly<{ problem: CellProblem }>;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
const SECONDS_BELOW = 1e11;

/** Texts that stand for "nobody knows" in exports of spreadsheets, databases and data frames. */
const UNKNOWN = new Set(['null', 'none', 'nan', 'n/a', 'na', '-', '[n/a]', '\\n']);

export function isUnknownText(text: string): boolean {
  return text.length <= 5 && UNKNOWN.has(text.toLowerCase());
}

export function readNumber(text: string): ReadCell<number> {
  if (NUMBER.test(text)) return { value: Number(text) };
  if (DECIMAL_COMMA.test(text))
    return problem(
      'decimal-comma',
      `\`${text}\` has a decimal comma; write \`${text.replace(',', '.')}\` (export with a decimal point)`,
    );
  return problem('bad-number', `\`${text}\` is not a number; expected digits such as 12 or 0.5`);
}

/**
 * Reads an ISO 8601 instant (UTC where it names no zone) or a number: below 10¹¹ seconds since 1970, from there on milliseconds.
 * 10¹¹ seconds is the year 5138, and 10¹¹ milliseconds is 1973, so no measurement is read wrongly.
 */
export function readInstant(text: string): ReadCell<EpochMs> {
  if (NUMBER.test(text)) {
    const number = Number(text);
    return { value: Math.round(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number) };
  }
  const at = parseInstant(text);
  if (at !== undefined) return { value: at };
  return problem(
    'bad-time',
    `\`${text}\` is not a time; expected ISO 8601 such as 2026-10-14T09:00:00Z, or seconds or milliseconds since 1970`,
  );
}

export function problem(code: string, message: string): Readonly<{ problem: CellProblem }> {
  return { problem: { code, message } };
}
