import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { evaluateExpression } from './evaluate-expression.ts';
import { EXPRESSION_LIMITS, OPERATORS, type Value } from './expression.ts';
import { FUNCTIONS, type LookUp } from './functions.ts';
import { parseExpression } from './parse-expression.ts';

const NAMES = new Map<string, Value>([
  ['gpus', 8],
  ['kind', 'training'],
  ['region', null],
  ['gpuModels', ['H100-SXM5-80GB', 'L4']],
  ['isSpot', false],
]);
const LOOK_UP: LookUp = {
  label: (name) => (name === 'team' ? 'search' : null),
  owner: (dimension) => (dimension === 'team' ? 'search' : null),
};

function evaluate(source: string) {
  const parsed = parseExpression(source, [...NAMES.keys()]);
  if (parsed.kind === 'mistake') return parsed;
  return evaluateExpression(parsed.expression, NAMES, LOOK_UP);
}

describe('an expression', () => {
  test.each<[source: string, value: Value]>([
    ['gpus > 4', true],
    ['gpus >= 8 and kind == "training"', true],
    ["not (gpus < 16) or kind in ['batch', 'system']", false],
    ['kind not in ["inference"] && !isSpot', true],
    ['1 + 2 * 3 - 4 / 2', 5],
    ['-(gpus - 10) % 2', 0],
    ['2 - 3 - 4', -5],
    ['not isSpot and false', false],
    ['"L4" in gpuModels', true],
    ['"rain" in kind', true],
    ['startsWith(kind, "train") and endsWith(kind, "ing")', true],
    ['lower("ABC") == "abc" and upper("x") == "X"', true],
    ['contains(label("team"), "sea")', true],
    ['has("team") and not has("cost-centre")', true],
    ['owner("team") == "search"', true],
    ['min(3, gpus, 5) + max(1, 2)', 5],
    ['length("four") == 4 and length([1, 2]) == 2', true],
    ['"a" < "b"', true],
    // Unknown is not false, and not zero.
    ['region == "eu-west-1"', null],
    ['region == null', true],
    ['region != null', false],
    ['region == "eu-west-1" and false', false],
    ['region == "eu-west-1" or true', true],
    ['not (region in ["eu-west-1"])', null],
    ['gpus / 0', null],
    ['label("absent")', null],
    ['max(gpus, null)', null],
  ])('%s is %j', (source, value) => {
    expect(evaluate(source)).toMatchObject({ kind: 'value', value });
  });

  test.each([
    ['gpus = 8', 6, 'write == to compare'],
    ['gpsu > 4', 1, 'did you mean gpus?'],
    ['kind == training', 9, 'texts stand in quotes'],
    ['gpus > ', 8, 'a value is expected, not the end'],
    ['gpus > 1 > 0', 10, 'comparisons do not chain'],
    ['kind == "training', 9, 'this text is not closed'],
    ['labels.team == "x"', 7, 'label("team")'],
    ['matches(kind, "x")', 1, 'unknown function "matches"'],
    ['lower()', 1, 'lower takes 1 parameters, not 0'],
    ['(gpus > 1', 10, '")" is expected'],
    ['gpus 8', 6, '"8" is not expected here'],
    ['gpus; kind', 5, '";" is not understood here'],
    ['constructor', 1, 'unknown name "constructor"'],
    ['__proto__ == null', 1, 'unknown name "__proto__"'],
    ['toString()', 1, 'unknown function "toString"'],
  ])('%s is refused at character %i', (source, at, message) => {
    const found = evaluate(source);
    expect(found).toMatchObject({ kind: 'mistake', mistake: { at } });
    expect(JSON.stringify(found)).toContain(message.replaceAll('"', '\\"'));
  });

  test.each([
    ['gpus > "4"', 'numbers are expected'],
    ['kind and isSpot', 'neither true nor false'],
    ['kind in gpus', '8 is no list'],
    ['gpuModels == gpuModels', 'lists are not compared'],
    ['[[1]]', 'a list cannot hold a list'],
    ['lower(gpus)', '8 is not what the function takes'],
    ['-kind', 'is no number'],
  ])('%s cannot be judged', (source, message) => {
    expect(evaluate(source)).toMatchObject({ kind: 'mistake', message: expect.stringContaining(message) });
  });
});

describe('the limits', () => {
  const tooDeep = EXPRESSION_LIMITS.depth + 1;
  test.each([
    ['long', `gpus > ${'1'.repeat(EXPRESSION_LIMITS.characters)}`],
    ['parentheses', `${'('.repeat(tooDeep)}1${')'.repeat(tooDeep)}`],
    ['nots', `${'not '.repeat(tooDeep)}true`],
    ['signs', `${'-'.repeat(tooDeep)}1`],
    ['lists', `${'['.repeat(tooDeep)}1${']'.repeat(tooDeep)}`],
    ['calls', `${'min('.repeat(tooDeep)}1${')'.repeat(tooDeep)}`],
    ['a chain', `1${'+1'.repeat(300)}`],
  ])('refuse %s', (_, source) => {
    expect(parseExpression(source, ['gpus'])).toMatchObject({ kind: 'mistake' });
  });
});

/** Tokens of the language and words that would be dangerous in another one, in any order. */
const anyToken = fc.constantFrom(
  ...OPERATORS,
  ...FUNCTIONS.keys(),
  ...NAMES.keys(),
  ...['(', ')', '[', ']', ',', '!', '&&', '||', 'not', 'true', 'null', '0', '1e9', '3.5', "'x'", '"y"'],
  ...[
    'constructor',
    '__proto__',
    'globalThis',
    'process',
    'require',
    'this',
    'Function',
    'eval',
    '.',
    '`',
    '${',
    '\\',
  ],
);
const anySource = fc.oneof(
  fc.array(anyToken, { maxLength: 60 }).map((tokens) => tokens.join(' ')),
  fc.string({ maxLength: 200, unit: 'grapheme' }),
);

/** Well-formed ones, so that evaluation is reached. */
const { wellFormed } = fc.letrec<{ wellFormed: string }>((tie) => ({
  wellFormed: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('gpus', 'kind', 'region', 'gpuModels', 'isSpot', '1', '0.5', '"x"', 'true', 'null', '[]'),
    fc
      .tuple(tie('wellFormed'), fc.constantFrom(...OPERATORS), tie('wellFormed'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie('wellFormed').map((inner) => `(not ${inner})`),
    tie('wellFormed').map((inner) => `-(${inner})`),
    fc
      .tuple(fc.constantFrom(...FUNCTIONS.keys()), tie('wellFormed'))
      .map(([name, inner]) => `${name}(${inner})`),
    fc.array(tie('wellFormed'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
  ),
}));

describe('any text', () => {
  it('ends in a value or a mistake, within its steps, and yields plain values only', () => {
    fc.assert(
      fc.property(fc.oneof(anySource, wellFormed), (source) => {
        const found = evaluate(source);
        if (found.kind === 'mistake') return;
        expect(found.steps).toBeLessThanOrEqual(Math.min(EXPRESSION_LIMITS.steps, 2 * source.length + 1));
        for (const value of [found.value].flat()) {
          expect(value === null || ['number', 'string', 'boolean'].includes(typeof value)).toBe(true);
          expect(value).not.toBeNaN();
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('changes nothing: the names stay, and the same text says the same again', () => {
    fc.assert(
      fc.property(wellFormed, (source) => {
        const before = JSON.stringify([...NAMES]);
        const [first, second] = [evaluate(source), evaluate(source)];
        expect(second).toEqual(first);
        expect(JSON.stringify([...NAMES])).toBe(before);
      }),
    );
  });

  it('reaches nothing by the names of the language that it is written in', () => {
    const inherited = [
      ...Object.getOwnPropertyNames(Object.prototype),
      ...Object.getOwnPropertyNames(globalThis),
      ...Object.getOwnPropertyNames(Map.prototype),
    ].filter((name) => /^[A-Za-z_]\w*$/.test(name) && !NAMES.has(name) && !FUNCTIONS.has(name));
    for (const name of inherited) {
      expect(evaluate(name).kind, name).toBe('mistake');
      expect(evaluate(`${name}(1)`).kind, name).toBe('mistake');
    }
  });
});

describe('a well-formed text', () => {
  it('is judged often enough for the laws above to mean something', () => {
    const kinds = fc.sample(wellFormed, { numRuns: 500, seed: 1 }).map((source) => evaluate(source).kind);
    expect(kinds.filter((kind) => kind === 'value').length).toBeGreaterThan(100);
  });
});
