import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type DelimitedRecord, RecordSplitter } from './record-splitter.ts';

function split(text: string, chunkLength = text.length || 1): DelimitedRecord[] {
  const splitter = new RecordSplitter(',');
  const records: DelimitedRecord[] = [];
  for (let at = 0; at < text.length; at += chunkLength)
    records.push(...splitter.push(text.slice(at, at + chunkLength)));
  return [...records, ...splitter.finish()];
}

describe('RecordSplitter', () => {
  test.each([
    [
      'plain lines',
      'a,b\n1,2\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'no final newline',
      'a,b\n1,2',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\n1,2\r\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'CRLF behind a quote',
      '"a","b"\r\n1,"2"\r\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'blank lines',
      '\n\na\n\n  \nb\n',
      [
        [3, 'a'],
        [6, 'b'],
      ],
    ],
    ['a delimiter inside quotes', '"a,b",c\n', [[1, 'a,b', 'c']]],
    ['a doubled quote', '"say ""hi""",c\n', [[1, 'say "hi"', 'c']]],
    [
      'a newline inside quotes moves the lines behind it',
      'a\n"x\n\ny"\nb\n',
      [
        [1, 'a'],
        [2, 'x\n\ny'],
        [5, 'b'],
      ],
    ],
    ['a quote in the middle of a cell is text', '5" disk,x\n', [[1, '5" disk', 'x']]],
    ['blank cells', ',"",\n', [[1, '', '', '']]],
  ])('%s', (_, text, expected) => {
    expect(split(text).map(({ line, cells }) => [line, ...(cells ?? ['broken'])])).toEqual(expected);
  });

  test.each([
    ['a quote that is never closed', 'a,"b\n1,2\n3,4\n', [1]],
    ['a quote that closes inside of a cell', 'a,b\n1,"x"y\n3,4\n', [2]],
    ['an open quote that a later row closes', 'a,b\n1,"x\n2,"y"\n3,4\n', [2]],
  ])('%s breaks its row alone', (_, text, brokenLines) => {
    const records = split(text);
    expect(records.filter(({ cells }) => cells === null).map(({ line }) => line)).toEqual(brokenLines);
    expect(records.length).toBe(text.trimEnd().split('\n').length);
  });

  it('takes text apart like csv-parse, in chunks of any length', () => {
    const anyCell = fc.string({ unit: fc.constantFrom('a', '1', ' ', ',', '"', '\n', '\r\n', 'é') });
    const anyTable = fc.array(fc.array(anyCell, { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        anyTable,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40 }),
        (table, newline, chunk) => {
          const text = table
            .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
            .join(newline);
          const expected: unknown = parse(text, { relax_column_count: true });
          expect(split(text, chunk).map(({ cells }) => cells)).toEqual(expected);
        },
      ),
    );
  });
});
