import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { parseJsonRecord } from './json-record.ts';

test.each([
  ['{}', {}],
  ['{"a": 0.1234567890123456789}', { a: '0.1234567890123456789' }],
  ['{"a":1.10,"b":-0.0e+2,"c":12345678901234567890}', { a: '1.10', b: '-0.0e+2', c: '12345678901234567890' }],
  ['{"a":true,"b":false,"c":null}', { a: 'true', b: 'false', c: null }],
  ['{"a":"x\\ny \\"z\\" \\\\","b":"caf\\u00e9"}', { a: 'x\ny "z" \\', b: 'café' }],
  ['{"tags": {"Team": "a}", "n": [1.0]}, "l": [ ]}', { tags: '{"Team": "a}", "n": [1.0]}', l: '[ ]' }],
  ['{"a":1,"a":2}', { a: '2' }],
])('takes %s apart', (text, expected) => {
  expect(Object.fromEntries(parseJsonRecord(text))).toEqual(expected);
});

test.each([
  '',
  '{',
  '{"a"}',
  '{"a":}',
  '{"a":01}',
  '{"a":1,}',
  '{"a":1} x',
  '[1]',
  '{"a":{"b":}}',
  '{"a":NaN}',
  '{"a":"b}',
])('refuses %s', (text) => {
  expect(() => parseJsonRecord(text)).toThrow(SyntaxError);
});

it('keeps what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const cells = parseJsonRecord(JSON.stringify(object));
      for (const [key, value] of Object.entries(object)) {
        const expected = value === null || typeof value === 'string' ? value : JSON.stringify(value);
        expect(cells.get(key)).toBe(expected);
      }
      expect(cells.size).toBe(Object.keys(object).length);
    }),
  );
});
