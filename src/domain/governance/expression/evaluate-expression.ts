import { EXPRESSION_LIMITS, type Expression, type Operator, type Value } from './expression.ts';
import { describeValue, FUNCTIONS, type LookUp, ValueMistake } from './functions.ts';

export type Evaluation =
  | Readonly<{ kind: 'value'; value: Value; steps: number }>
  /** Two things that cannot be compared or added up; too many steps. */
  | Readonly<{ kind: 'mistake'; message: string }>;

export type Names = ReadonlyMap<string, Value>;

/**
 * What an expression says about the given names. Unknown (`null`) spreads as in Kleene's logic: `unknown and false` is false,
 * `unknown or true` is true, anything else that rests on the unknown is unknown; `== null` asks for it. Never throws, never takes more than
 * the limited steps.
 */
export function evaluateExpression(expression: Expression, names: Names, lookUp: LookUp): Evaluation {
  const walk = new Walk(names, lookUp);
  try {
    return { kind: 'value', value: walk.valueOf(expression), steps: walk.steps };
  } catch (thrown) {
    if (thrown instanceof ValueMistake) return { kind: 'mistake', message: thrown.message };
    throw thrown;
  }
}

class Walk {
  steps = 0;
  readonly #names: Names;
  readonly #lookUp: LookUp;

  constructor(names: Names, lookUp: LookUp) {
    this.#names = names;
    this.#lookUp = lookUp;
  }

  valueOf(expression: Expression): Value {
    this.steps += 1;
    if (this.steps > EXPRESSION_LIMITS.steps) throw new ValueMistake('the expression takes too many steps');
    switch (expression.kind) {
      case 'constant':
        return expression.value;
      case 'name':
        return this.#names.get(expression.name) ?? null;
      case 'list':
        return expression.items.map((item) => this.#itemOf(item));
      case 'not':
        return negate(truthOf(this.valueOf(expression.operand)));
      case 'minus':
        return negative(this.valueOf(expression.operand));
      case 'call': {
        const parameters = expression.parameters.map((parameter) => this.valueOf(parameter));
        return FUNCTIONS.get(expression.name)?.call(parameters, this.#lookUp) ?? null;
      }
      case 'binary':
        return this.#binary(expression.operator, expression.left, expression.right);
      default:
        return expression satisfies never;
    }
  }

  #itemOf(expression: Expression): number | string | boolean | null {
    const value = this.valueOf(expression);
    if (typeof value === 'object' && value !== null) throw new ValueMistake('a list cannot hold a list');
    return value;
  }

  #binary(operator: Operator, left: Expression, right: Expression): Value {
    if (operator === 'and' || operator === 'or') return this.#logic(operator === 'or', left, right);
    const [a, b] = [this.valueOf(left), this.valueOf(right)];
    if (operator === '==' || operator === '!=') return isEqual(a, b, left, right, operator === '!=');
    if (operator === 'in' || operator === 'not in') return isIn(a, b, operator === 'not in');
    if (a === null || b === null) return null;
    return compute(operator, a, b);
  }

  /** `decides` is the value that settles the whole: true for `or`, false for `and`. */
  #logic(decides: boolean, left: Expression, right: Expression): Value {
    const a = truthOf(this.valueOf(left));
    if (a === decides) return decides;
    const b = truthOf(this.valueOf(right));
    if (b === decides) return decides;
    return a === null || b === null ? null : !decides;
  }
}

function truthOf(value: Value): boolean | null {
  if (typeof value === 'boolean' || value === null) return value;
  throw new ValueMistake(`${describeValue(value)} is neither true nor false`);
}

function negate(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

function negative(value: Value): number | null {
  if (value === null) return null;
  if (typeof value === 'number') return -value;
  throw new ValueMistake(`${describeValue(value)} is no number`);
}

/** Only a written `null` asks whether something is unknown; two unknown things may be equal or not. */
function isEqual(a: Value, b: Value, left: Expression, right: Expression, isNegated: boolean): Value {
  if (isWrittenNull(left) || isWrittenNull(right)) return (a === b) !== isNegated;
  if (a === null || b === null) return null;
  if (typeof a === 'object' || typeof b === 'object')
    throw new ValueMistake('lists are not compared; ask whether something is "in" them');
  return (a === b) !== isNegated;
}

function isWrittenNull(expression: Expression): boolean {
  return expression.kind === 'constant' && expression.value === null;
}

function isIn(item: Value, list: Value, isNegated: boolean): Value {
  if (item === null || list === null) return null;
  if (typeof item === 'object') throw new ValueMistake('a list is in no list');
  if (typeof list === 'string' && typeof item === 'string') return list.includes(item) !== isNegated;
  if (typeof list !== 'object') throw new ValueMistake(`${describeValue(list)} is no list`);
  if (list.includes(item)) return !isNegated;
  return list.includes(null) ? null : isNegated;
}

function compute(operator: Operator, a: Value, b: Value): Value {
  if (typeof a === 'string' && typeof b === 'string' && ORDERS[operator]) return ORDERS[operator](a, b);
  if (typeof a !== 'number' || typeof b !== 'number') {
    throw new ValueMistake(`${describeValue(a)} ${operator} ${describeValue(b)}: numbers are expected`);
  }
  if (ORDERS[operator]) return ORDERS[operator](a, b);
  // What divides by zero, or leaves the range of numbers, is not known.
  const result = ARITHMETIC[operator]!(a, b);
  return Number.isFinite(result) ? result : null;
}

type Order = (a: number | string, b: number | string) => boolean;
const ORDERS: Readonly<Partial<Record<Operator, Order>>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
const ARITHMETIC: Readonly<Partial<Record<Operator, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
