import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { InputFailure, OutsideFailure, StoreFailure } from '../ports/failures.ts';
import { ERROR_CODES } from './error-codes.ts';
import { stopIfAborted, TareError, toTareError } from './errors.ts';

describe('the list of codes', () => {
  const documented = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
  const sections = documented.split(/^## /m).slice(1);

  it('is what docs/reference/errors.md explains, in the same order', () => {
    const codes = Object.values(ERROR_CODES).map(({ code }) => code);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(codes);
  });

  it('has the titles of the page', () => {
    for (const { code, title } of Object.values(ERROR_CODES)) {
      const section = sections.find((text) => text.startsWith(code))!;
      expect(section.replace(/\s+/g, ' ')).toContain(`*${title}.*`);
    }
  });

  it('begins with the exit code', () => {
    for (const { code, exitCode } of Object.values(ERROR_CODES)) {
      expect(code[5]).toBe(exitCode === 130 ? '9' : String(exitCode));
    }
  });

  it('gives no code twice', () => {
    const codes = Object.values(ERROR_CODES).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe('toTareError', () => {
  const aborted = new DOMException('This operation was aborted', 'AbortError');
  const notThere = Object.assign(new Error("ENOENT: no such file or directory, open 'a.csv'"), {
    code: 'ENOENT',
  });

  test.each([
    [new InputFailure('columns-missing', 'a.csv has no device', 'use --map'), 'TARE-4004', 4, 'use --map'],
    [
      new OutsideFailure('refused', '401 from http://p', 'check the token'),
      'TARE-5002',
      5,
      'check the token',
    ],
    [new StoreFailure('store-in-use', 'a.duckdb is open', 'stop it'), 'TARE-5010', 5, 'stop it'],
    [new TareError('unknownKind', 'no kind x', 'kinds: focus'), 'TARE-2002', 2, 'kinds: focus'],
    [aborted, 'TARE-9001', 130, 'run it again to go on'],
    [notThere, 'TARE-4001', 4, 'check the path and who may read it'],
    [
      new TypeError('x is undefined'),
      'TARE-1001',
      1,
      'this is a bug: please report it with the message and what you did',
    ],
    ['a text', 'TARE-1001', 1, 'this is a bug: please report it with the message and what you did'],
  ])('%s → %s', (thrown, code, exitCode, remedy) => {
    expect(toTareError(thrown)).toMatchObject({ code, exitCode, remedy });
  });

  it('frames the message and keeps the cause', () => {
    const cause = new InputFailure('file-damaged', 'ends in the middle of line 7', 'fetch it again');
    const error = toTareError(cause, { prefix: 'b.csv', suffix: '1 of 2 files is in: a.csv' });
    expect(error.message).toBe('b.csv: ends in the middle of line 7; 1 of 2 files is in: a.csv');
    expect(error.cause).toBe(cause);
  });
});

describe('stopIfAborted', () => {
  it('says what is kept', () => {
    const signal = AbortSignal.abort();
    expect(() => stopIfAborted(signal, '37 of 52 files are in')).toThrow('stopped; 37 of 52 files are in');
    expect(() => stopIfAborted(new AbortController().signal, '')).not.toThrow();
  });
});
