import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseExpositionLine } from './parse-exposition.ts';

const sample = (name: string, labels: object, value: number, atMs: number | null = null) => ({
  kind: 'sample',
  name,
  labels,
  value,
  atMs,
});

describe('parseExpositionLine', () => {
  test.each([
    ['up 1', sample('up', {}, 1)],
    ['up{} 1', sample('up', {}, 1)],
    ['  up \t 1  ', sample('up', {}, 1)],
    ['up{a="b",c="d",} 1.5e3', sample('up', { a: 'b', c: 'd' }, 1500)],
    ['up { a = "b" , c="d" } -2', sample('up', { a: 'b', c: 'd' }, -2)],
    ['up{a="b"}1', sample('up', { a: 'b' }, 1)],
    ['up{a="q\\" b\\\\ n\\n x\\t"} 1', sample('up', { a: 'q" b\\ n\n x\\t' }, 1)],
    ['up{a="{},= #"} 1', sample('up', { a: '{},= #' }, 1)],
    ['node:up:sum 1', sample('node:up:sum', {}, 1)],
    ['{"my.metric",a="b"} 1', sample('my.metric', { a: 'b' }, 1)],
    ['{"hw.gpu","gen_ai.model"="x"} 1', sample('hw.gpu', { 'gen_ai.model': 'x' }, 1)],
    ['up{__proto__="x"} 1', sample('up', JSON.parse('{"__proto__":"x"}'), 1)],
    ['up NaN', sample('up', {}, Number.NaN)],
    ['up +Inf', sample('up', {}, Number.POSITIVE_INFINITY)],
    ['up -inf', sample('up', {}, Number.NEGATIVE_INFINITY)],
    ['up 1 1791882119999', sample('up', {}, 1, 1791882119999)],
    ['up 1 1791882119', sample('up', {}, 1, 1791882119000)],
    ['up 1 1791882119.25', sample('up', {}, 1, 1791882119250)],
    ['up 1 1.791882119e9', sample('up', {}, 1, 1791882119000)],
    ['up 1 # {trace_id="x y"} 0.3 1.7e9', sample('up', {}, 1)],
    ['up 1 1791882119 # {trace_id="x"} 0.3', sample('up', {}, 1, 1791882119000)],
    ['up 1\r', sample('up', {}, 1)],
    ['', { kind: 'other' }],
    ['   ', { kind: 'other' }],
    ['# EOF', { kind: 'other' }],
    ['# HELP up {"is it?', { kind: 'other' }],
    ['#', { kind: 'other' }],
  ])('reads %j', (line, expected) => {
    expect(parseExpositionLine(line)).toEqual(expected);
  });

  test.each([
    ['up', 'the value is missing'],
    ['up{a="b"}', 'the value is missing'],
    ['up{a="b"} one', '"one" is no number'],
    ['up 1,5', '"1,5" is no number'],
    ['up 1 yesterday', '"yesterday" is no timestamp'],
    ['up 1 1e300', '"1e300" is no timestamp'],
    ['up 1 1791882119 2', '"2" stands behind the timestamp'],
    ['up{a="b} 1', 'a quoted text does not end on its line'],
    ['up{a=b} 1', 'expected a " at character 6'],
    ['up{a} 1', 'expected label="value" at character 4'],
    ['up{a="b" c="d"} 1', 'expected , or } at character 10'],
    ['up{a="b"', 'expected , or } at character 9'],
    ['up{', 'expected label="value" at character 4'],
    ['up{="b"} 1', 'a label name was expected before ='],
    ['up{a="b",a="c"} 1', 'the label a stands there twice'],
    ['up{"my.metric"} 1', 'the metric has two names'],
    ['{a="b"} 1', 'a metric name was expected'],
    ['ü 1', 'a metric name was expected'],
  ])('rejects %j', (line, message) => {
    const parsed = parseExpositionLine(line);
    expect(parsed).toEqual({ kind: 'malformed', message });
  });

  it('reads back what is written, whatever is in it', () => {
    const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/);
    const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/);
    const anyLabels = fc.dictionary(label, fc.string({ unit: 'binary', maxLength: 30 }), { maxKeys: 5 });
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    const atMs = fc.option(fc.integer({ min: 1e11, max: 4e12 }));
    const style = fc.record({
      isOpenMetrics: fc.boolean(),
      isQuoted: fc.boolean(),
      hasExemplar: fc.boolean(),
    });
    fc.assert(
      fc.property(name, anyLabels, value, atMs, style, (name, labels, value, atMs, style) => {
        const parsed = parseExpositionLine(render(name, labels, value, atMs, style));
        expect(parsed).toEqual({
          kind: 'sample',
          name,
          labels: { ...labels },
          value: value === 0 ? expect.closeTo(0) : value,
          atMs,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('takes any line without throwing', () => {
    const piece = fc.constantFrom('up', '{', '}', '"', '\\', ',', '=', ' ', '#', '1', 'a', 'NaN', '\t', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(['sample', 'other', 'malformed']).toContain(parseExpositionLine(pieces.join('')).kind);
      }),
      { numRuns: 2000 },
    );
  });
});

type Style = { isOpenMetrics: boolean; isQuoted: boolean; hasExemplar: boolean };

function render(
  name: string,
  labels: Record<string, string>,
  value: number,
  atMs: number | null,
  { isOpenMetrics, isQuoted, hasExemplar }: Style,
): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${isQuoted ? `"${label}"` : label}="${escaped(text)}"`,
  );
  const head = isQuoted ? `{${[`"${name}"`, ...pairs].join(',')}}` : `${name}{${pairs.join(',')}}`;
  const time = atMs === null ? '' : ` ${isOpenMetrics ? (atMs / 1000).toFixed(3) : atMs}`;
  return `${head} ${number(value)}${time}${hasExemplar ? ' # {id="1"} 0.5 1.7e9' : ''}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
