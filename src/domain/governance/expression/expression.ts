/**
 * The expression language of policies: comparisons, `and` / `or` / `not`, `in`, arithmetic and a few functions of text.
 *
 * It has no member access, no assignment, no loop and no definition, so an expression can reach nothing but the names it is
 * given, and takes no more steps than it has parts.
 */
export type Expression =
  | Readonly<{ kind: 'constant'; value: Value }>
  | Readonly<{ kind: 'list'; items: readonly Expression[] }>
  | Readonly<{ kind: 'name'; name: string; at: number }>
  | Readonly<{ kind: 'call'; name: string; parameters: readonly Expression[]; at: number }>
  | Readonly<{ kind: 'not' | 'minus'; operand: Expression; at: number }>
  | Readonly<{ kind: 'binary'; operator: Operator; left: Expression; right: Expression; at: number }>;

/** `null` is unknown, and what is computed from it is unknown too. */
export type Value = number | string | boolean | null | readonly (number | string | boolean | null)[];

export const OPERATORS = [
  'or',
  'and',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  '+',
  '-',
  '*',
  '/',
  '%',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** Far above what a person writes, and far below what takes noticeable time. */
export const EXPRESSION_LIMITS = { characters: 2_000, depth: 32, steps: 5_000 } as const;

/** What is wrong, and at which character (from 1). */
export type ExpressionMistake = Readonly<{ at: number; message: string }>;
