import { expect, test } from 'vitest';
import { overviewPath } from './fetch-overview.ts';
import { ProblemError, problemFrom, problemOf } from './problem.ts';

test('a problem document keeps its words', () => {
  const body = {
    type: 'about:blank',
    title: 'The window cannot be read',
    status: 400,
    detail: '"soon" is no date',
    code: 'TARE-2003',
    remedy: 'Give from as 7d, month or 2026-10.',
  };
  expect(problemOf(400, body)).toEqual({
    title: body.title,
    detail: body.detail,
    code: body.code,
    remedy: body.remedy,
    status: 400,
  });
});

test.each([null, 'oops', { title: 7 }, []])(
  'an answer without words is described by its status: %j',
  (body) => {
    expect(problemOf(502, body)).toMatchObject({
      title: 'The server answered with status 502',
      detail: null,
      code: null,
      status: 502,
    });
    expect(problemOf(502, body).remedy).not.toBe('');
  },
);

test('any error becomes something that can be shown', () => {
  const problem = problemOf(500, null);
  expect(problemFrom(new ProblemError(problem))).toBe(problem);
  expect(problemFrom(new TypeError('x is undefined'))).toMatchObject({
    detail: 'x is undefined',
    code: null,
  });
});

test('the request carries the window and nothing else', () => {
  expect(overviewPath({ from: null, to: null })).toBe('/api/v1/overview');
  expect(overviewPath({ from: '2026-10-01', to: '2026-10-08' })).toBe(
    '/api/v1/overview?from=2026-10-01&to=2026-10-08',
  );
});
