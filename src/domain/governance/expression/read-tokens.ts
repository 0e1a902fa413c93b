import type { ExpressionMistake } from './expression.ts';

export type Token = Readonly<{
  kind: 'number' | 'text' | 'word' | 'symbol' | 'end';
  /** The word or symbol itself; the content of a text. */
  text: string;
  /** The character it starts at, from 1. */
  at: number;
}>;

const TOKEN =
  /\s+|(?<number>\d+(?:\.\d+)?)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<symbol>==|!=|<=|>=|&&|\|\||[-+*/%<>!()[\],])|(?<text>'[^']*'|"[^"]*")/y;

/** Cuts an expression into tokens; the last one is `end`. Reads each character once. */
export function readTokens(source: string): readonly Token[] | ExpressionMistake {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < source.length) {
    const start = pattern.lastIndex;
    const groups = pattern.exec(source)?.groups;
    if (groups === undefined) return { at: start + 1, message: mistakeAt(source, start) };
    const found = Object.entries(groups).find(([, text]) => text !== undefined);
    if (found) tokens.push(token(found[0] as Token['kind'], found[1]!, start + 1));
  }
  tokens.push({ kind: 'end', text: 'the end', at: source.length + 1 });
  return tokens;
}

function token(kind: Token['kind'], written: string, at: number): Token {
  return { kind, at, text: kind === 'text' ? written.slice(1, -1) : written };
}

function mistakeAt(source: string, start: number): string {
  const character = source[start]!;
  if (character === "'" || character === '"') return 'this text is not closed';
  if (character === '=') return 'write == to compare';
  if (character === '.') return 'there are no parts of names; write label("team") for a label';
  return `"${character}" is not understood here`;
}
