import type { Value } from './expression.ts';

export type ExpressionFunction = Readonly<{
  /** Fewest and most parameters. */
  arity: readonly [number, number];
  /** For the documentation. */
  meaning: string;
  call(parameters: readonly Value[], lookUp: LookUp): Value;
}>;

/** What the functions about labels read. `null`: there is none. */
export type LookUp = Readonly<{
  label(name: string): string | null;
  owner(dimension: string): string | null;
}>;

/** A map and no object, so that no name reaches what objects inherit. Texts are compared without regard to case nowhere but by `lower`. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map<string, ExpressionFunction>([
  ['lower', ofText('in lower case', (text) => text.toLowerCase())],
  ['upper', ofText('in upper case', (text) => text.toUpperCase())],
  ['startsWith', ofTexts('whether a text starts with another', (text, part) => text.startsWith(part))],
  ['endsWith', ofTexts('whether a text ends with another', (text, part) => text.endsWith(part))],
  ['contains', ofTexts('whether a text holds another', (text, part) => text.includes(part))],
  [
    'length',
    {
      arity: [1, 1],
      meaning: 'characters of a text, or items of a list',
      call: ([value]) =>
        typeof value === 'string' || Array.isArray(value) ? value.length : unknownOr(value),
    },
  ],
  ['min', ofNumbers('the smallest of numbers', (numbers) => Math.min(...numbers))],
  ['max', ofNumbers('the largest of numbers', (numbers) => Math.max(...numbers))],
  [
    'label',
    {
      arity: [1, 1],
      meaning: 'the value of a label or tag; unknown when there is none',
      call: ([name], { label }) => (typeof name === 'string' ? label(name) : unknownOr(name)),
    },
  ],
  [
    'has',
    {
      arity: [1, 1],
      meaning: 'whether there is a label or tag of this name',
      call: ([name], { label }) => (typeof name === 'string' ? label(name) !== null : unknownOr(name)),
    },
  ],
  [
    'owner',
    {
      arity: [1, 1],
      meaning: 'the value of an owner dimension of tare.yaml; unknown when no rule finds one',
      call: ([name], { owner }) => (typeof name === 'string' ? owner(name) : unknownOr(name)),
    },
  ],
]);

/** Thrown inside an evaluation only; `evaluateExpression` catches it. */
export class ValueMistake extends Error {}

function ofText(meaning: string, compute: (text: string) => Value): ExpressionFunction {
  return {
    arity: [1, 1],
    meaning,
    call: ([text]) => (typeof text === 'string' ? compute(text) : unknownOr(text)),
  };
}

function ofTexts(meaning: string, compute: (text: string, part: string) => boolean): ExpressionFunction {
  return {
    arity: [2, 2],
    meaning,
    call: ([text, part]) => {
      if (typeof text !== 'string') return unknownOr(text);
      return typeof part === 'string' ? compute(text, part) : unknownOr(part);
    },
  };
}

function ofNumbers(meaning: string, compute: (numbers: readonly number[]) => number): ExpressionFunction {
  return {
    arity: [1, 8],
    meaning,
    call: (values) => {
      const wrong = values.find((value) => typeof value !== 'number');
      return wrong === undefined ? compute(values as readonly number[]) : unknownOr(wrong);
    },
  };
}

function unknownOr(value: Value | undefined): null {
  if (value === null || value === undefined) return null;
  throw new ValueMistake(`${describeValue(value)} is not what the function takes`);
}

export function describeValue(value: Value): string {
  if (value === null) return 'unknown';
  if (typeof value === 'string') return `the text "${value.slice(0, 40)}"`;
  return typeof value === 'object' ? 'a list' : String(value);
}
