import { describe, expect, it } from 'vitest';
import { asInputFailure } from './as-input-failure.ts';
import { UnreadableFileError } from './unreadable-file-error.ts';

describe('asInputFailure', () => {
  it('parts what is wrong from what to do', () => {
    const error = new UnreadableFileError(
      'no-such-file',
      '/data/v1.2/a.csv: there is no such file. Check the path.',
    );
    expect(asInputFailure(error)).toMatchObject({
      code: 'file-not-readable',
      message: '/data/v1.2/a.csv: there is no such file',
      remedy: 'check the path',
      cause: error,
    });
  });

  it('always has something to do', () => {
    const error = new UnreadableFileError('damaged-gzip', 'a.gz ends early');
    expect(asInputFailure(error)).toMatchObject({
      code: 'file-damaged',
      message: 'a.gz ends early',
      remedy: 'check the file',
    });
  });

  it('leaves everything else alone', () => {
    const error = new Error('x');
    expect(asInputFailure(error)).toBe(error);
  });
});
