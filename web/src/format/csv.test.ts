import { expect, test } from 'vitest';
import { toCsv } from './csv.ts';

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['@sum,1', '"\'@sum,1"'],
  ['-team', "'-team"],
  ['-12.50', '-12.50'],
  [null, ''],
  [7.5, '7.5'],
])('%j becomes %j', (value, cell) => expect(toCsv(['x'], [[value]])).toBe(`x\r\n${cell}\r\n`));
