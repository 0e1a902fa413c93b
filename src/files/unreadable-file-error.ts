export type UnreadableFileCode =
  | 'no-such-file'
  | 'no-match'
  | 'not-readable'
  | 'empty-file'
  | 'binary-file'
  | 'packed-file'
  | 'damaged-gzip'
  | 'damaged-json'
  | 'damaged-parquet'
  | 'not-json'
  | 'not-parquet'
  | 'record-too-long'
  | 'fields-not-wanted'
  | 'unknown-column'
  | 'ambiguous-column'
  | 'missing-column'
  | 'invalid-setting';

/** A file that cannot be read, or not to its end: nothing of it may be kept. The message says what to do. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
  readonly code: UnreadableFileCode;

  constructor(code: UnreadableFileCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
