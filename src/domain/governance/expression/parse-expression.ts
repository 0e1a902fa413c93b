import { closestWord } from '../../text/closest-word.ts';
import {
  EXPRESSION_LIMITS,
  type Expression,
  type ExpressionMistake,
  type Operator,
  type Value,
} from './expression.ts';
import { FUNCTIONS } from './functions.ts';
import { readTokens, type Token } from './read-tokens.ts';

export type ParsedExpression =
  | Readonly<{ kind: 'expression'; expression: Expression }>
  | Readonly<{ kind: 'mistake'; mistake: ExpressionMistake }>;

/**
 * Reads an expression that may use the given names. Every mistake is found here rather than when a launch is judged: an unknown name
 * or function, a wrong number of parameters, an expression that is too long or too deep.
 *
 * ```
 * or      = and { ('or' | '||') and }            sum     = product { ('+' | '-') product }
 * and     = not { ('and' | '&&') not }           product = sign { ('*' | '/' | '%') sign }
 * not     = ('not' | '!') not | compare          sign    = '-' sign | value
 * compare = sum [ ('==' | … | 'in' | 'not' 'in') sum ]
 * value   = number | text | 'true' | 'false' | 'null' | name | name '(' … ')' | '[' … ']' | '(' or ')'
 * ```
 */
export function parseExpression(source: string, names: readonly string[]): ParsedExpression {
  if (source.length > EXPRESSION_LIMITS.characters) {
    const message = `the expression has ${source.length} characters, and at most ${EXPRESSION_LIMITS.characters} are read`;
    return { kind: 'mistake', mistake: { at: 1, message } };
  }
  const tokens = readTokens(source);
  if ('message' in tokens) return { kind: 'mistake', mistake: tokens };
  try {
    const parser = new Parser(tokens, names);
    return { kind: 'expression', expression: parser.whole() };
  } catch (thrown) {
    if (thrown instanceof SyntaxMistake) return { kind: 'mistake', mistake: thrown.mistake };
    throw thrown;
  }
}

class SyntaxMistake extends Error {
  readonly mistake: ExpressionMistake;

  constructor({ at }: Token, message: string) {
    super(message);
    this.mistake = { at, message };
  }
}

/** The levels that bind from weakest to strongest and combine two parts again and again. */
const LEVELS: readonly Readonly<Record<string, Operator>>[] = [
  { or: 'or', '||': 'or' },
  { and: 'and', '&&': 'and' },
  {}, // not, compare
  { '+': '+', '-': '-' },
  { '*': '*', '/': '/', '%': '%' },
];
const NOT_LEVEL = 2;
const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', 'in'];
const KEYWORDS = ['and', 'or', 'not', 'in', 'true', 'false', 'null'];

class Parser {
  readonly #tokens: readonly Token[];
  readonly #names: readonly string[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], names: readonly string[]) {
    this.#tokens = tokens;
    this.#names = names;
  }

  whole(): Expression {
    const expression = this.#level(0);
    const token = this.#peek();
    if (token.kind !== 'end') throw new SyntaxMistake(token, `"${token.text}" is not expected here`);
    return expression;
  }

  #level(level: number): Expression {
    if (level === NOT_LEVEL) return this.#negation();
    if (level === LEVELS.length) return this.#sign();
    let left = this.#level(level + 1);
    let operator = operatorOf(LEVELS[level]!, this.#peek());
    // Each round makes the tree one level deeper, also where the parser is not.
    for (let rounds = 1; operator !== undefined; rounds++) {
      const token = this.#take();
      if (rounds > MAX_CHAIN) throw new SyntaxMistake(token, 'too many parts in a row; use a list with "in"');
      left = { kind: 'binary', operator, left, right: this.#level(level + 1), at: token.at };
      operator = operatorOf(LEVELS[level]!, this.#peek());
    }
    return left;
  }

  #negation(): Expression {
    const token = this.#peek();
    if (!is(token, 'not', '!')) return this.#comparison();
    return this.#deeper(token, () => {
      this.#take();
      return { kind: 'not', operand: this.#negation(), at: token.at };
    });
  }

  #comparison(): Expression {
    const left = this.#level(NOT_LEVEL + 1);
    const token = this.#peek();
    const isNotIn = is(token, 'not') && is(this.#tokens[this.#next + 1]!, 'in');
    if (!isNotIn && !is(token, ...COMPARISONS)) return left;
    this.#take();
    if (isNotIn) this.#take();
    const operator = (isNotIn ? 'not in' : token.text) as Operator;
    const right = this.#level(NOT_LEVEL + 1);
    if (is(this.#peek(), ...COMPARISONS))
      throw new SyntaxMistake(this.#peek(), 'comparisons do not chain; join two of them with "and"');
    return { kind: 'binary', operator, left, right, at: token.at };
  }

  #sign(): Expression {
    const token = this.#peek();
    if (!is(token, '-')) return this.#value();
    return this.#deeper(token, () => {
      this.#take();
      return { kind: 'minus', operand: this.#sign(), at: token.at };
    });
  }

  #value(): Expression {
    const token = this.#take();
    if (token.kind === 'number') return { kind: 'constant', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'constant', value: token.text };
    if (is(token, '(')) return this.#parenthesis(token);
    if (is(token, '[')) return { kind: 'list', items: this.#items(token, ']') };
    if (token.kind === 'word') return this.#word(token);
    throw new SyntaxMistake(
      token,
      `a value is expected, not ${token.kind === 'end' ? 'the end' : `"${token.text}"`}`,
    );
  }

  #parenthesis(token: Token): Expression {
    return this.#deeper(token, () => {
      const inner = this.#level(0);
      this.#expect(')');
      return inner;
    });
  }

  #word(token: Token): Expression {
    const constant = constantOf(token.text);
    if (constant !== undefined) return { kind: 'constant', value: constant };
    if (is(this.#peek(), '(')) return this.#call(token);
    if (this.#names.includes(token.text)) return { kind: 'name', name: token.text, at: token.at };
    const meant = closestWord(token.text, [...this.#names, ...KEYWORDS]);
    const list = `names: ${this.#names.join(', ')}`;
    throw new SyntaxMistake(
      token,
      `unknown name "${token.text}"; ${meant ? `did you mean ${meant}? ` : ''}texts stand in quotes; ${list}`,
    );
  }

  #call(token: Token): Expression {
    const known = FUNCTIONS.get(token.text);
    if (known === undefined) {
      const list = [...FUNCTIONS.keys()].join(', ');
      throw new SyntaxMistake(token, `unknown function "${token.text}"; functions: ${list}`);
    }
    const parameters = this.#items(this.#take(), ')');
    const [fewest, most] = known.arity;
    if (parameters.length < fewest || parameters.length > most) {
      const wanted = fewest === most ? String(fewest) : `${fewest} to ${most}`;
      throw new SyntaxMistake(token, `${token.text} takes ${wanted} parameters, not ${parameters.length}`);
    }
    return { kind: 'call', name: token.text, parameters, at: token.at };
  }

  #items(opening: Token, closing: string): readonly Expression[] {
    return this.#deeper(opening, () => {
      const items: Expression[] = [];
      while (!is(this.#peek(), closing)) {
        if (items.length > 0) this.#expect(',');
        items.push(this.#level(0));
      }
      this.#take();
      return items;
    });
  }

  #deeper<T>(token: Token, parse: () => T): T {
    if (this.#depth >= EXPRESSION_LIMITS.depth)
      throw new SyntaxMistake(token, `nested more than ${EXPRESSION_LIMITS.depth} deep`);
    this.#depth += 1;
    const parsed = parse();
    this.#depth -= 1;
    return parsed;
  }

  #expect(symbol: string): void {
    const token = this.#take();
    if (!is(token, symbol)) throw new SyntaxMistake(token, `"${symbol}" is expected before ${token.text}`);
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  /** The end is never passed. */
  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }
}

const MAX_CHAIN = 200;

function operatorOf(level: Readonly<Record<string, Operator>>, token: Token): Operator | undefined {
  if (token.kind !== 'word' && token.kind !== 'symbol') return undefined;
  return Object.hasOwn(level, token.text) ? level[token.text] : undefined;
}

function is(token: Token, ...texts: readonly string[]): boolean {
  return (token.kind === 'symbol' || token.kind === 'word') && texts.includes(token.text);
}

function constantOf(word: string): Value | undefined {
  if (word === 'null') return null;
  return word === 'true' ? true : word === 'false' ? false : undefined;
}
