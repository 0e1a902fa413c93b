/**
 * The few words in which DuckDB and ClickHouse differ. All SQL of the store is written once, with these, in the subset that both
 * engines share. Rules of that subset:
 *
 * - times are BIGINT milliseconds, money is 128-bit picos: nothing is divided but integers, once, at the end
 * - never name an expression like a column that it reads (ClickHouse resolves the alias first)
 * - `lead` and `lag` always get a default (without one ClickHouse answers 0 where DuckDB answers NULL)
 * - texts are never NULL: an unknown one is `''`
 */
export type Dialect = Readonly<{
  name: 'duckdb' | 'clickhouse';
  types: Readonly<Record<ColumnType, string>>;
  /** Integer division towards zero, of 64 bits. */
  div(a: string, b: string): string;
  /** The same of a 128-bit integer by a positive one. */
  wideDiv(a: string, b: string): string;
  /** The same in 64 bits, where the first is not negative and the quotient is below 10¹⁴. */
  smallDiv(a: string, b: string): string;
  /**
   * `whole × part / of` towards zero in two stages, for many parts of one whole: what `nearShare` gives as a column of its own is made
   * exact by `exactShare`. The part is not negative and not more than `of`.
   */
  nearShare(whole: string, part: string, of: string): string;
  exactShare(near: string, whole: string, part: string, of: string): string;
  /** A 128-bit integer, before a product that 64 bits do not hold. */
  wide(value: string): string;
  /** An exact sum in 128 bits. */
  sum(value: string): string;
  /** The same over a window: `sumOver('ticks', 'PARTITION BY …')`. */
  sumOver(value: string, over: string): string;
  /** One row for each integer of `[from, to)`. */
  series(from: string, to: string): string;
  /** The text under a key of a JSON object, `''` when there is none. */
  jsonText(json: string, key: string): string;
  /** One row for each word of a text, which blanks separate. */
  words(text: string): string;
  /** The nth part of a text between separators, from 1. */
  part(text: string, separator: string, nth: number): string;
  /** A number under a key of a JSON object, as text; `''` when there is none. */
  jsonNumber(json: string, key: string): string;
  /** The texts of a group in order, with commas: an aggregate. */
  list(text: string): string;
  startsWith(text: string, start: string): string;
  /** A digest of a text: equal texts have the same, others never in practice. */
  digest(text: string): string;
  /** `2026-10-14` of a time in milliseconds. */
  day(ms: string): string;
}>;

export type ColumnType = 'text' | 'int' | 'int?' | 'bigint' | 'bigint?' | 'huge' | 'huge?' | 'real?';

export const DUCKDB: Dialect = {
  name: 'duckdb',
  types: {
    text: 'VARCHAR NOT NULL',
    int: 'INTEGER NOT NULL',
    'int?': 'INTEGER',
    bigint: 'BIGINT NOT NULL',
    'bigint?': 'BIGINT',
    huge: 'HUGEINT NOT NULL',
    'huge?': 'HUGEINT',
    'real?': 'REAL',
  },
  div: (a, b) => `((${a}) // (${b}))`,
  wideDiv: duckDbWideDivision,
  smallDiv: duckDbSmallDivision,
  nearShare: (whole, part, of) =>
    `CAST(round(least(greatest(CAST(${whole} AS DOUBLE) * ${part} / ${of}, -1e14), 1e14)) AS BIGINT)`,
  // As in `duckDbWideDivision`; the share is no larger than the whole.
  exactShare: (near, whole, part, of) =>
    `CASE WHEN ${whole} >= 0 AND ${whole} < 100000000000000
      THEN ${near} - CAST(${whole} * ${part} < CAST(${near} AS HUGEINT) * ${of} AS INTEGER) ELSE (${whole} * ${part}) // ${of} END`,
  wide: (value) => `CAST(${value} AS HUGEINT)`,
  sum: (value) => `CAST(coalesce(sum(${value}), 0) AS HUGEINT)`,
  sumOver: (value, over) => `CAST(sum(${value}) OVER (${over}) AS HUGEINT)`,
  series: (from, to) => `unnest(range(CAST(${from} AS BIGINT), CAST(${to} AS BIGINT)))`,
  // A JSON pointer: in a path, a name with a quote in it cannot be written.
  jsonText: (json, key) =>
    `coalesce(json_extract_string(${json}, ${quote(DUCKDB, `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)}), '')`,
  words: (text) => `unnest(string_split(${text}, ' '))`,
  part: (text, separator, nth) => `split_part(${text}, '${separator}', ${nth})`,
  jsonNumber: (json, key) => DUCKDB.jsonText(json, key),
  list: (text) => `string_agg(${text}, ',' ORDER BY ${text})`,
  startsWith: (text, start) => `starts_with(${text}, ${start})`,
  digest: (text) => `md5(${text})`,
  day: (ms) => `strftime(make_timestamp((${ms}) * 1000), '%Y-%m-%d')`,
};

export const CLICKHOUSE: Dialect = {
  name: 'clickhouse',
  types: {
    text: 'String',
    int: 'Int32',
    'int?': 'Nullable(Int32)',
    bigint: 'Int64',
    'bigint?': 'Nullable(Int64)',
    huge: 'Int128',
    'huge?': 'Nullable(Int128)',
    'real?': 'Nullable(Float32)',
  },
  div: (a, b) => `intDiv(${a}, ${b})`,
  wideDiv: (a, b) => `intDiv(${a}, ${b})`,
  smallDiv: (a, b) => `toInt64(intDiv(${a}, ${b}))`,
  nearShare: (whole, part, of) => `intDiv(${whole} * ${part}, ${of})`,
  exactShare: (near) => near,
  wide: (value) => `toInt128(${value})`,
  sum: (value) => `sum(toInt128(${value}))`,
  sumOver: (value, over) => `sum(toInt128(${value})) OVER (${over})`,
  series: (from, to) => `arrayJoin(range(toInt64(${from}), toInt64(${to})))`,
  jsonText: (json, key) => `JSONExtractString(${json}, ${quote(CLICKHOUSE, key)})`,
  words: (text) => `arrayJoin(splitByChar(' ', ${text}))`,
  part: (text, separator, nth) => `splitByChar('${separator}', ${text})[${nth}]`,
  jsonNumber: (json, key) => `JSONExtractRaw(${json}, ${quote(CLICKHOUSE, key)})`,
  list: (text) => `arrayStringConcat(arraySort(groupArray(${text})), ',')`,
  startsWith: (text, start) => `startsWith(${text}, ${start})`,
  digest: (text) => `hex(MD5(${text}))`,
  day: (ms) => `toString(toDate(fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')))`,
};

/**
 * DuckDB divides 128-bit integers bit by bit, twenty times slower than this: the nearest integer to the quotient of doubles is the
 * quotient or one more, and one exact product says which. The relative error of a double quotient is below 10⁻¹⁵ (three roundings of
 * 2⁻⁵³ and those of the casts), so this holds up to 10¹⁴; larger quotients and negative amounts take the slow way.
 */
function duckDbWideDivision(a: string, b: string): string {
  const quotient = `(CAST(${a} AS DOUBLE) / CAST(${b} AS DOUBLE))`;
  const nearest = `CAST(round(${quotient}) AS BIGINT)`;
  return `(CASE WHEN ${quotient} >= 0 AND ${quotient} < 1e14
    THEN CAST(${nearest} - CASE WHEN (${a}) < CAST(${nearest} AS HUGEINT) * (${b}) THEN 1 ELSE 0 END AS HUGEINT)
    ELSE (${a}) // (${b}) END)`;
}

/** The quick way of `duckDbWideDivision` alone. */
function duckDbSmallDivision(a: string, b: string): string {
  const nearest = `CAST(round(CAST(${a} AS DOUBLE) / CAST(${b} AS DOUBLE)) AS BIGINT)`;
  return `(${nearest} - CAST(CAST(${nearest} AS HUGEINT) * ${b} > ${a} AS INTEGER))`;
}

/** A text literal. Backslashes are data in DuckDB and escapes in ClickHouse. */
export function quote(dialect: Dialect, text: string): string {
  const doubled = text.replaceAll("'", "''");
  return `'${dialect.name === 'clickhouse' ? doubled.replaceAll('\\', '\\\\') : doubled}'`;
}
