import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { type JsonText, ObjectSplitter } from './object-splitter.ts';

function split(text: string, chunkLength: number): JsonText[] {
  const splitter = new ObjectSplitter();
  const objects: JsonText[] = [];
  for (let at = 0; at < text.length; at += chunkLength)
    objects.push(...splitter.push(text.slice(at, at + chunkLength)));
  splitter.finish();
  return objects;
}

it('finds each object and its line, in chunks of any length', () => {
  const text = '[\n {"a": "}]\\"", "b": [{}]},\n\n {"a":\n 2}, {}]\n';
  const expected = [
    { line: 2, text: '{"a": "}]\\"", "b": [{}]}' },
    { line: 4, text: '{"a":\n 2}' },
    { line: 5, text: '{}' },
  ];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (chunk) => {
      expect(split(text, chunk)).toEqual(expected);
    }),
  );
});

test.each([
  ['[{"a":1}', 'line 1: the array is never closed'],
  ['[\n{"a":', 'line 2: the object that starts here is never closed'],
  ['[1]', 'line 1: expected an object, found `1`'],
  ['[{}]\n{', 'line 2: expected an object, found `{`'],
])('refuses %j', (text, message) => {
  expect(() => split(text, 3)).toThrow(message);
});
