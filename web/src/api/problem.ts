/** What went wrong, in the words of the server (RFC 9457) or, where it said nothing, in ours. */
export type Problem = Readonly<{
  title: string;
  detail: string | null;
  /** The stable code of `docs/reference/errors.md`; `null` when no Tare answered. */
  code: string | null;
  remedy: string;
  status: number | null;
  /** What is wrong with each field of a form; absent where it is about no form. */
  fields?: readonly FieldProblem[];
}>;

export type FieldProblem = Readonly<{ field: string; message: string }>;

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.title, options);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

const RESTART = 'Look at the output of `tare up`, then try again.';

/** Reads the body of an answer that is not a success; a body that is no problem document is described by its status. */
export function problemOf(status: number, body: unknown): Problem {
  const document = isRecord(body) ? body : {};
  return {
    title: text(document['title']) ?? `The server answered with status ${status}`,
    detail: text(document['detail']),
    code: text(document['code']),
    remedy: text(document['remedy']) ?? RESTART,
    status,
    ...(Array.isArray(document['fields']) && { fields: document['fields'].filter(isFieldProblem) }),
  };
}

/** For requests that no server answered, and answers that are no overview. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    title: 'The page met an error of its own',
    detail: error instanceof Error ? error.message : String(error),
    code: null,
    remedy: 'Reload the page. If it happens again, please report it with this message.',
    status: null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return isRecord(value) && text(value['field']) !== null && text(value['message']) !== null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
