import {
  Failure,
  type InputFailureCode,
  type OutsideFailureCode,
  type StoreFailureCode,
} from '../ports/failures.ts';
import { ERROR_CODES, type ErrorName } from './error-codes.ts';

/**
 * A broken promise or environment, with a stable code, what happened and what to do next. Doors turn it into an exit code, three
 * lines on a terminal, or a problem response; nothing else does. `cause` is kept.
 */
export class TareError extends Error {
  /** `TARE-2002`; see docs/reference/errors.md. */
  readonly code: string;
  readonly exitCode: number;
  /** What to do next, in the imperative. */
  readonly remedy: string;

  constructor(name: ErrorName, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TareError';
    this.code = ERROR_CODES[name].code;
    this.exitCode = ERROR_CODES[name].exitCode;
    this.remedy = remedy;
  }
}

/**
 * Any thrown value as a `TareError`: what adapters throw gets its public code, an aborted signal becomes an interruption, and
 * everything else is a bug. A `prefix` (`while importing bills/a.csv`) and a `suffix` (what is kept) frame the message.
 */
export function toTareError(
  thrown: unknown,
  frame: Readonly<{ prefix?: string; suffix?: string }> = {},
): TareError {
  if (thrown instanceof TareError && !frame.prefix && !frame.suffix) return thrown;
  const { name, message, remedy } = describe(thrown);
  const framed = [frame.prefix && `${frame.prefix}: `, message, frame.suffix && `; ${frame.suffix}`];
  return new TareError(name, framed.filter(Boolean).join(''), remedy, thrown);
}

/** Throws the interruption when the signal says so; called between steps that land whole. */
export function stopIfAborted(signal: AbortSignal, kept: string): void {
  if (signal.aborted) throw new TareError('interrupted', `stopped; ${kept}`, 'run it again to go on');
}

const NAME_OF_FAILURE: Readonly<Record<InputFailureCode | OutsideFailureCode | StoreFailureCode, ErrorName>> =
  {
    'file-not-readable': 'fileNotReadable',
    'file-damaged': 'fileDamaged',
    'format-unknown': 'formatUnknown',
    'columns-missing': 'columnsMissing',
    'currency-unknown': 'currencyUnknown',
    unreachable: 'sourceUnreachable',
    refused: 'sourceRefused',
    'timed-out': 'sourceTimedOut',
    'answer-unexpected': 'sourceAnswerUnexpected',
    'too-much-asked': 'sourceAskedTooMuch',
    'store-in-use': 'storeInUse',
    'store-not-openable': 'storeNotOpenable',
    'store-too-new': 'storeTooNew',
    'store-broken': 'storeBroken',
  };

function describe(thrown: unknown): { name: ErrorName; message: string; remedy: string } {
  if (thrown instanceof TareError) {
    return { name: nameOfCode(thrown.code), message: thrown.message, remedy: thrown.remedy };
  }
  if (thrown instanceof Failure) {
    return { name: NAME_OF_FAILURE[thrown.code], message: thrown.message, remedy: thrown.remedy };
  }
  if (isAbort(thrown)) return { name: 'interrupted', message: 'stopped', remedy: 'run it again to go on' };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (isFileAccess(thrown)) {
    return { name: 'fileNotReadable', message, remedy: 'check the path and who may read it' };
  }
  return {
    name: 'unexpected',
    message,
    remedy: 'this is a bug: please report it with the message and what you did',
  };
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

const FILE_ACCESS_CODES = ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR'];

/** What the operating system says about a path, wherever it was opened. */
function isFileAccess(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && FILE_ACCESS_CODES.includes(String(thrown.code));
}

function nameOfCode(code: string): ErrorName {
  const found = Object.entries(ERROR_CODES).find(([, entry]) => entry.code === code);
  return (found?.[0] ?? 'unexpected') as ErrorName;
}
