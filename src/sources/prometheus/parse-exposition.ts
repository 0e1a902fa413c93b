import type { EpochMs } from '../../domain/time/window.ts';
import type { Labels } from './series.ts';

/** One line of the Prometheus text format 0.0.4 or of OpenMetrics 1.0. */
export type ExpositionLine =
  | Readonly<{ kind: 'sample'; name: string; labels: Labels; value: number; atMs: EpochMs | null }>
  /** HELP, TYPE, UNIT, EOF, any other comment, or a blank line. */
  | Readonly<{ kind: 'other' }>
  | Readonly<{ kind: 'malformed'; message: string }>;

/**
 * Parses one line, without its line break. Exemplars are skipped, and names in quotes (`{"my.metric",a="b"}`) are read like others.
 *
 * The two formats count time in milliseconds and in seconds and need not say which they are before their last line. Instants after
 * 1973 tell by their size: from 100,000,000,000 on they are milliseconds.
 */
export function parseExpositionLine(line: string): ExpositionLine {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const start = skipBlanks(text, 0);
  if (start === text.length || text[start] === '#') return { kind: 'other' };
  try {
    return parseSample(text, start);
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'malformed', message: error.message };
    throw error;
  }
}

const LEAST_MILLISECONDS = 1e11;
/** The last instant of a JavaScript date, in the year 275760. */
const LAST_MS = 8.64e15;

class Malformed extends Error {}

type Read<T> = readonly [value: T, next: number];

function parseSample(text: string, start: number): ExpositionLine {
  const [plainName, afterName] = readName(text, start);
  const afterBlanks = skipBlanks(text, afterName);
  const [block, afterLabels] =
    text[afterBlanks] === '{'
      ? readLabels(text, afterBlanks + 1)
      : ([{ name: null, labels: {} }, afterName] as const);
  const name = plainName !== '' ? plainName : block.name;
  if (name === null) throw new Malformed('a metric name was expected');
  if (plainName !== '' && block.name !== null) throw new Malformed('the metric has two names');

  const [valueText, afterValue] = readWord(text, afterLabels);
  const value = parseValue(valueText);
  const [timeText, afterTime] = readWord(text, afterValue);
  const atMs = timeText === '' || timeText === '#' ? null : parseTime(timeText);
  const rest = text.slice(timeText === '#' ? afterValue : afterTime).trim();
  if (rest !== '' && !rest.startsWith('#')) throw new Malformed(`"${rest}" stands behind the timestamp`);
  return { kind: 'sample', name, labels: block.labels, value, atMs };
}

function readName(text: string, start: number): Read<string> {
  let end = start;
  while (end < text.length && isNamePart(text.charCodeAt(end))) end++;
  return [text.slice(start, end), end];
}

function isNamePart(code: number): boolean {
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return isLetter || (code >= 48 && code <= 58) || code === 95;
}

/** From behind `{` to behind `}`. A quoted text without `=` is the metric's name. */
function readLabels(text: string, start: number): Read<{ name: string | null; labels: Labels }> {
  const labels: Record<string, string> = Object.create(null);
  let name: string | null = null;
  let at = skipBlanks(text, start);
  while (text[at] !== '}') {
    const [key, afterKey] = text[at] === '"' ? readQuoted(text, at) : readName(text, at);
    const equals = skipBlanks(text, afterKey);
    if (text[equals] === '=') {
      const [value, afterValue] = readQuoted(text, skipBlanks(text, equals + 1));
      if (key === '') throw new Malformed('a label name was expected before =');
      if (key in labels) throw new Malformed(`the label ${key} stands there twice`);
      labels[key] = value;
      at = skipBlanks(text, afterValue);
    } else if (text[at] === '"' && name === null) {
      name = key;
      at = equals;
    } else {
      throw new Malformed(`expected label="value" at character ${at + 1}`);
    }
    if (text[at] === ',') at = skipBlanks(text, at + 1);
    else if (text[at] !== '}') throw new Malformed(`expected , or } at character ${at + 1}`);
  }
  return [{ name, labels: { ...labels } }, at + 1];
}

/** Both formats escape backslash, quote and line break; an unknown escape stands for itself, as Prometheus reads it. */
function readQuoted(text: string, start: number): Read<string> {
  if (text[start] !== '"') throw new Malformed(`expected a " at character ${start + 1}`);
  let value = '';
  let from = start + 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"') return [value + text.slice(from, at), at + 1];
    if (text[at] !== '\\') continue;
    const escaped = text[at + 1];
    value += text.slice(from, at);
    value += escaped === 'n' ? '\n' : escaped === '"' || escaped === '\\' ? escaped : `\\${escaped ?? ''}`;
    at++;
    from = at + 1;
  }
  throw new Malformed('a quoted text does not end on its line');
}

function readWord(text: string, start: number): Read<string> {
  const from = skipBlanks(text, start);
  let end = from;
  while (end < text.length && text[end] !== ' ' && text[end] !== '\t') end++;
  return [text.slice(from, end), end];
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const INFINITY = /^([+-]?)inf(inity)?$/i;

function parseValue(text: string): number {
  if (DECIMAL.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const sign = INFINITY.exec(text)?.[1];
  if (sign !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  throw new Malformed(text === '' ? 'the value is missing' : `"${text}" is no number`);
}

function parseTime(text: string): EpochMs {
  if (!DECIMAL.test(text)) throw new Malformed(`"${text}" is no timestamp`);
  const value = Number(text);
  const atMs = Math.round(Math.abs(value) >= LEAST_MILLISECONDS ? value : value * 1000);
  if (Math.abs(atMs) > LAST_MS) throw new Malformed(`"${text}" is no timestamp`);
  return atMs;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}
