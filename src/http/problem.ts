import { BadFieldsError, type FieldProblem } from '../app/bad-fields-error.ts';
import { ERROR_CODES, type ErrorName } from '../app/error-codes.ts';
import { TareError, toTareError } from '../app/errors.ts';

/** RFC 9457, with the code and the remedy of the command line beside it. */
export type Problem = Readonly<{
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  remedy: string;
  /** What is wrong with each field of a form. */
  fields?: readonly FieldProblem[];
}>;

export const PROBLEM_TYPE = 'application/problem+json';

/** What was thrown, as an answer. What a bug says may hold anything, so it goes to the server's log and not to the caller. */
export function toProblem(thrown: unknown): Problem {
  const error = toTareError(thrown);
  const name = errorNameOf(error.code);
  return {
    type: `urn:tare:error:${error.code}`,
    title: ERROR_CODES[name].title,
    status: statusOf(name),
    detail: name === 'unexpected' ? 'an unexpected error; the output of the server says more' : error.message,
    code: error.code,
    remedy: error.remedy,
    ...(error instanceof BadFieldsError && { fields: error.fields }),
  };
}

/** The error that a problem stands for, on the other side of the wire. */
export function fromProblem(problem: Pick<Problem, 'code' | 'detail' | 'remedy'>): TareError {
  return new TareError(errorNameOf(problem.code), problem.detail, problem.remedy);
}

export function errorNameOf(code: string): ErrorName {
  const found = Object.entries(ERROR_CODES).find(([, entry]) => entry.code === code);
  return (found?.[0] ?? 'unexpected') as ErrorName;
}

const STATUS_BY_NAME: Partial<Record<ErrorName, number>> = {
  noSuchAnomaly: 404,
  noSuchView: 404,
  storeReadOnly: 503,
  tooManyWatchers: 503,
  noSuchRow: 404,
  noSuchRun: 404,
  noSuchAction: 404,
  noSuchPage: 404,
  noSuchLever: 404,
  noSuchSimulation: 404,
  noSuchHistory: 404,
  nothingToReport: 404,
  noSuchTeam: 404,
  tooManySimulations: 429,
  tokenMissing: 401,
  notAllowed: 403,
  wrongHost: 421,
  interrupted: 503,
};
const STATUS_BY_EXIT_CODE: Readonly<Record<number, number>> = { 1: 500, 2: 400, 4: 422, 5: 502, 130: 503 };

function statusOf(name: ErrorName): number {
  return STATUS_BY_NAME[name] ?? STATUS_BY_EXIT_CODE[ERROR_CODES[name].exitCode] ?? 500;
}
