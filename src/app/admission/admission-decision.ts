/**
 * What an object is answered. `nothing`: it starts no GPU, or something else was judged in its place. `would_deny`: refused, were it not a dry run.
 * `unchecked`: let through without a judgement, and why.
 */
export type AdmissionDecision = Readonly<{
  kind: DecisionKind;
  isAllowed: boolean;
  /** Why it is refused; for the person who launched. */
  message: string | null;
  /** Shown by kubectl. */
  warnings: readonly string[];
  /** For the audit log of the API server; it puts the name of the webhook before each. */
  annotations: Readonly<Record<string, string>>;
  /** What could not be judged, although it was answered. */
  unchecked: UncheckedReason | null;
  detail: string | null;
}>;

export const DECISION_KINDS = ['nothing', 'allowed', 'warned', 'denied', 'would_deny', 'unchecked'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/**
 * `not_understood`: nothing tells how many GPUs it starts. `failed`: a mistake of ours. `late`: the review came too slowly. `overloaded`: there were too many at once. `malformed`, `too_large`: the review could not
 * be read. `policy`: an expression of `tare.yaml` could not be computed for it. `ledger`: policies were judged, and budgets could not be, as nothing recent is known
 * of what is spent.
 */
export const UNCHECKED_REASONS = [
  'not_understood',
  'failed',
  'late',
  'overloaded',
  'malformed',
  'too_large',
  'policy',
  'ledger',
] as const;
export type UncheckedReason = (typeof UNCHECKED_REASONS)[number];

export const NOTHING_TO_JUDGE: AdmissionDecision = {
  kind: 'nothing',
  isAllowed: true,
  message: null,
  warnings: [],
  annotations: {},
  unchecked: null,
  detail: null,
};

/** An answer without a judgement: let through, unless the cluster was told to refuse then. */
export function uncheckedDecision(
  reason: UncheckedReason,
  detail: string,
  isFailClosed: boolean,
): AdmissionDecision {
  const message = `tare did not check this launch (${detail})`;
  return {
    kind: isFailClosed ? 'denied' : 'unchecked',
    isAllowed: !isFailClosed,
    message: isFailClosed ? message : null,
    warnings: isFailClosed ? [] : [shortened(message)],
    annotations: { decision: isFailClosed ? 'denied' : 'unchecked', unchecked: reason },
    unchecked: reason,
    detail,
  };
}

/** kubectl and the API server cut longer warnings. */
const MOST_CHARACTERS = 250;

export function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
