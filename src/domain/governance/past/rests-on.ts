import { evaluateExpression, type Names } from '../expression/evaluate-expression.ts';
import type { Expression } from '../expression/expression.ts';
import type { LookUp } from '../expression/functions.ts';

/**
 * The first unknown name that the value of an expression rests on; `null` where none of them could change it: `isSpot and not isAutoscaled` is false of what
 * was not spot, whatever scaled it. Stricter than the evaluation itself, to which an unknown name is one that a file does not mention, and
 * `limitHours == null` therefore true.
 */
export function restsOnUnknown(
  expression: Expression,
  isUnknown: (name: string) => boolean,
  names: Names,
  lookUp: LookUp,
): string | null {
  const within = (part: Expression): string | null => {
    switch (part.kind) {
      case 'constant':
        return null;
      case 'name':
        return isUnknown(part.name) ? part.name : null;
      case 'list':
        return firstOf(part.items);
      case 'not':
      case 'minus':
        return within(part.operand);
      case 'call':
        return isUnknown(`${part.name}()`) ? part.name : firstOf(part.parameters);
      case 'binary':
        return isDecided(part) ? null : firstOf([part.left, part.right]);
      default:
        return part satisfies never;
    }
  };
  const firstOf = (parts: readonly Expression[]) =>
    parts.reduce<string | null>((found, part) => found ?? within(part), null);
  /** One side alone decides `and` when it is false, and `or` when it is true. */
  const isDecided = ({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): boolean => {
    if (operator !== 'and' && operator !== 'or') return false;
    const deciding = operator === 'or';
    return [left, right].some((side) => {
      if (within(side) !== null) return false;
      const found = evaluateExpression(side, names, lookUp);
      return found.kind === 'value' && found.value === deciding;
    });
  };
  return within(expression);
}
