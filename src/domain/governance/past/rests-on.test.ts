import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { evaluateExpression, type Names } from '../expression/evaluate-expression.ts';
import type { Value } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { restsOnUnknown } from './rests-on.ts';

const KNOWN: Names = new Map<string, Value>([
  ['isSpot', true],
  ['gpus', 8],
  ['hidden', null],
]);
const lookUp = { label: () => null, owner: () => null };

function parse(text: string) {
  const parsed = parseExpression(text, ['isSpot', 'gpus', 'hidden']);
  if (parsed.kind === 'mistake') throw new Error(parsed.mistake.message);
  return parsed.expression;
}

describe('what an expression rests on', () => {
  test.each([
    ['gpus > 4', null],
    ['hidden > 4', 'hidden'],
    ['hidden == null', 'hidden'],
    ['isSpot or hidden > 4', null],
    ['hidden > 4 or isSpot', null],
    ['isSpot and hidden > 4', 'hidden'],
    ['not isSpot and hidden > 4', null],
    ['not (isSpot and hidden > 4)', 'hidden'],
    ['gpus in [1, hidden]', 'hidden'],
    ["label('a') == 'b'", 'label'],
    ["not isSpot and has('a')", null],
  ])('%s: %s', (text, expected) => {
    const isUnknown = (name: string) => name === 'hidden' || name === 'label()' || name === 'has()';
    expect(restsOnUnknown(parse(text), isUnknown, KNOWN, lookUp)).toBe(expected);
  });

  const { truth } = fc.letrec<{ truth: string }>((tie) => ({
    truth: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom('isSpot', 'gpus > 4', 'gpus < 4', 'hidden > 4', 'hidden == null', 'hidden == 3'),
      fc
        .tuple(tie('truth'), fc.constantFrom('and', 'or', '=='), tie('truth'))
        .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
      tie('truth').map((inner) => `not (${inner})`),
    ),
  }));

  it('where it rests on nothing unknown, whatever that is changes nothing', () => {
    fc.assert(
      fc.property(
        truth,
        fc.array(fc.oneof(fc.constant(null), fc.nat(10)), { minLength: 2 }),
        (text, values) => {
          const expression = parse(text);
          if (restsOnUnknown(expression, (name) => name === 'hidden', KNOWN, lookUp) !== null) return;
          const answers = values.map((hidden) =>
            evaluateExpression(expression, new Map([...KNOWN, ['hidden', hidden]]), lookUp),
          );
          const said = answers.map((answer) => (answer.kind === 'value' ? answer.value : answer.kind));
          expect(new Set(said).size).toBe(1);
        },
      ),
    );
  });
});
