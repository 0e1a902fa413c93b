/** The top level of one JSON object: key → cell, numbers as the text that stands in the file. */
export type JsonRecord = ReadonlyMap<string, string | null>;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const QUOTE = '"';

/**
 * Takes one JSON object apart without turning its numbers into floats: `{"a": 0.10, "b": {"c": 1}, "d": null}` becomes
 * a → `0.10`, b → `{"c": 1}`, d → null. Throws a `SyntaxError` for text that is not one JSON object.
 */
export function parseJsonRecord(text: string): JsonRecord {
  const cells = new Map<string, string | null>();
  let at = skipBlanks(text, expectChar(text, skipBlanks(text, 0), '{'));
  if (text[at] === '}') return finish(text, at, cells);
  for (;;) {
    const keyEnd = endOfString(text, at);
    const key = stringValue(text, at, keyEnd);
    const start = skipBlanks(text, expectChar(text, skipBlanks(text, keyEnd), ':'));
    const end = endOfValue(text, start);
    cells.set(key, cellOf(text, start, end));
    at = skipBlanks(text, end);
    if (text[at] === '}') return finish(text, at, cells);
    at = skipBlanks(text, expectChar(text, at, ','));
  }
}

function finish(text: string, closeAt: number, cells: JsonRecord): JsonRecord {
  if (skipBlanks(text, closeAt + 1) !== text.length) fail(text, closeAt + 1, 'the end');
  return cells;
}

function cellOf(text: string, start: number, end: number): string | null {
  const first = text[start];
  if (first === QUOTE) return stringValue(text, start, end);
  if (first === 'n') return null;
  const cell = text.slice(start, end);
  // Nested values are handed on as text; they are checked here, where file and line are known.
  if (first === '{' || first === '[') JSON.parse(cell);
  return cell;
}

function endOfValue(text: string, at: number): number {
  const first = text[at];
  if (first === QUOTE) return endOfString(text, at);
  if (first === '{' || first === '[') return endOfNested(text, at);
  const end = endOfMatch(NUMBER, text, at) ?? endOfMatch(WORD, text, at);
  return end ?? fail(text, at, 'a value');
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === QUOTE) at = endOfString(text, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return fail(text, text.length, 'a closing bracket');
}

/** Position behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  if (text[start] !== QUOTE) fail(text, start, 'a string');
  let at = text.indexOf(QUOTE, start + 1);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf(QUOTE, at + 1);
  return at < 0 ? fail(text, text.length, 'a closing quote') : at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

function stringValue(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inner;
}

function expectChar(text: string, at: number, char: string): number {
  return text[at] === char ? at + 1 : fail(text, at, `\`${char}\``);
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function endOfMatch(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function fail(text: string, at: number, expected: string): never {
  const found = at >= text.length ? 'the end of the record' : `\`${text.slice(at, at + 12)}\``;
  throw new SyntaxError(`expected ${expected}, found ${found} at character ${at + 1} of the record`);
}
