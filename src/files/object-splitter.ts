/** The text of one object, and the line of the file on which it starts. */
export type JsonText = Readonly<{ line: number; text: string }>;

const MAX_RECORD_CHARS = 64 * 1024 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;

/**
 * Finds the objects of a JSON array, or of objects written one after the other, as the text arrives.
 *
 * Throws a `SyntaxError` that names the line where the text is no such thing: behind that nothing can be trusted.
 */
export class ObjectSplitter {
  #rest = '';
  #scanned = 0;
  #line = 1;
  #startLine = 1;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #array: 'unknown' | 'open' | 'closed' | 'none' = 'unknown';

  push(text: string): JsonText[] {
    const buffer = this.#rest + text;
    const objects: JsonText[] = [];
    let start = 0;
    for (let at = this.#scanned; at < buffer.length; at += 1) {
      const code = buffer.charCodeAt(at);
      if (code === NEWLINE) this.#line += 1;
      if (this.#depth === 0) {
        this.#between(code);
        start = at;
      } else if (this.#inside(code)) {
        objects.push({ line: this.#startLine, text: buffer.slice(start, at + 1) });
        start = at + 1;
      }
    }
    this.#rest = this.#depth === 0 ? '' : buffer.slice(start);
    this.#scanned = this.#rest.length;
    if (this.#rest.length > MAX_RECORD_CHARS)
      throw new SyntaxError(`line ${this.#startLine}: an object is longer than 64 MiB, or is never closed`);
    return objects;
  }

  finish(): void {
    if (this.#depth > 0)
      throw new SyntaxError(`line ${this.#startLine}: the object that starts here is never closed`);
    if (this.#array === 'open') throw new SyntaxError(`line ${this.#line}: the array is never closed`);
  }

  #between(code: number): void {
    const char = String.fromCharCode(code);
    if (char.trim() === '') return;
    if (char === '{' && this.#array !== 'closed') {
      if (this.#array === 'unknown') this.#array = 'none';
      this.#depth = 1;
      this.#startLine = this.#line;
    } else if (char === '[' && this.#array === 'unknown') this.#array = 'open';
    else if (char === ']' && this.#array === 'open') this.#array = 'closed';
    else if (char !== ',' || this.#array !== 'open')
      throw new SyntaxError(`line ${this.#line}: expected an object, found \`${char}\``);
  }

  /** Whether the object ends here. */
  #inside(code: number): boolean {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) this.#isInString = false;
      return false;
    }
    if (code === QUOTE) this.#isInString = true;
    else if (code === 0x7b || code === 0x5b) this.#depth += 1;
    else if (code === 0x7d || code === 0x5d) this.#depth -= 1;
    return this.#depth === 0;
  }
}
