/**
 * What adapters throw when they cannot go on. A bad row is not a failure: it is a `Reject`, and reading goes on behind it.
 *
 * `code` says what happened in words that every adapter shares, so that the application can give each its stable public code
 * without knowing who threw it. `message` names the place (file, address, table) and what was found there; `remedy` says what to
 * do, in the imperative.
 */
export abstract class Failure extends Error {
  abstract readonly code: InputFailureCode | OutsideFailureCode | StoreFailureCode;
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.remedy = remedy;
  }
}

export type InputFailureCode =
  /** It is not there, or may not be read. */
  | 'file-not-readable'
  /** It ends early, its checksum is wrong, its compression is broken. */
  | 'file-damaged'
  /** It can be read, and it is nothing this kind knows. */
  | 'format-unknown'
  /** Columns without which no row can be used are missing. */
  | 'columns-missing'
  /** It is in another currency than the ledger, and no rate was stated. */
  | 'currency-unknown';

/** A file or stream as a whole is unusable. */
export class InputFailure extends Failure {
  readonly code: InputFailureCode;

  constructor(code: InputFailureCode, message: string, remedy: string, cause?: unknown) {
    super(message, remedy, cause);
    this.name = 'InputFailure';
    this.code = code;
  }
}

export type OutsideFailureCode =
  /** No connection: name, port, network, certificate. */
  | 'unreachable'
  /** It answered, and would not let us in. */
  | 'refused'
  | 'timed-out'
  /** It answered with something that is not what its interface promises. */
  | 'answer-unexpected'
  /** It answered that the question was too much: too many series, too many samples, a rate limit. */
  | 'too-much-asked';

/** A system that Tare asks did not answer as it should. */
export class OutsideFailure extends Failure {
  readonly code: OutsideFailureCode;

  constructor(code: OutsideFailureCode, message: string, remedy: string, cause?: unknown) {
    super(message, remedy, cause);
    this.name = 'OutsideFailure';
    this.code = code;
  }
}

export type StoreFailureCode =
  /** Another process holds the file. */
  | 'store-in-use'
  /** It cannot be opened or created: path, rights, not a store, server away. */
  | 'store-not-openable'
  /** A newer Tare wrote it. */
  | 'store-too-new'
  /** It broke while reading or writing: disk full, connection lost. */
  | 'store-broken';

/** The store cannot be opened, or failed at work. What it acknowledged before is kept. */
export class StoreFailure extends Failure {
  readonly code: StoreFailureCode;

  constructor(code: StoreFailureCode, message: string, remedy: string, cause?: unknown) {
    super(message, remedy, cause);
    this.name = 'StoreFailure';
    this.code = code;
  }
}
