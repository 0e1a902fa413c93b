import {
  type AdmissionRequest,
  asObject,
  nameOf,
  type PlainObject,
} from '../../domain/governance/admission/admission-request.ts';
import { controlledBy } from '../../domain/governance/admission/controlled-by.ts';
import { JUDGED_KINDS } from '../../domain/governance/admission/webhook-configuration.ts';
import { resolveOwner } from '../../domain/ownership/owner.ts';
import { type EpochMs, MINUTE_MS } from '../../domain/time/window.ts';
import type { LaunchReader, LaunchReading } from '../../ports/launch-source.ts';
import { type CheckParts, checkLaunches } from '../check/check-launches.ts';
import type { LaunchPricer } from '../check/price-launch.ts';
import type { CheckReport, CheckViolation } from '../results/check.ts';
import {
  type AdmissionDecision,
  type DecisionKind,
  NOTHING_TO_JUDGE,
  shortened,
  type UncheckedReason,
  uncheckedDecision,
} from './admission-decision.ts';
import type { LedgerMemory } from './ledger-memory.ts';
import type { ScaledObjects } from './scaled-objects.ts';

export type AdmissionParts = Readonly<{
  check: CheckParts;
  reader: LaunchReader;
  scaled: ScaledObjects;
  price: LaunchPricer;
  ledger: LedgerMemory;
  /** Refuses nothing: what would be refused is warned of. */
  isDryRun: boolean;
  isFailClosed: boolean;
  /** Whether a ledger is to be had at all; without one, budgets are held against their whole amounts and nothing is missing. */
  expectsLedger: boolean;
  nowMs: EpochMs;
}>;

/** Judges one object as `tare check` judges a file that holds it. Asks nobody: everything that it needs is in the parts. */
export function judgeAdmission(parts: AdmissionParts, request: AdmissionRequest): AdmissionDecision {
  if (request.subresource === 'scale') return judgeScaling(parts, request);
  const { operation, object, oldObject, subresource, userName } = request;
  if (object === null || subresource !== '' || (operation !== 'CREATE' && operation !== 'UPDATE'))
    return NOTHING_TO_JUDGE;
  if (controlledBy(object, userName, isJudgedKind) !== null) return NOTHING_TO_JUDGE;
  const reading = readAt(parts, object, request);
  const [unreadable] = reading.unreadable;
  if (unreadable !== undefined)
    return uncheckedDecision('not_understood', unreadable.message, parts.isFailClosed);
  if (reading.launches.length === 0) return NOTHING_TO_JUDGE;
  const before = operation === 'UPDATE' && oldObject !== null ? readAt(parts, oldObject, request) : null;
  return decide(parts, check(parts, reading, before), reading, before);
}

/** As the update of the object that it stands for. What is not known is let through whatever else is refused: an autoscaler must not be stopped for that. */
function judgeScaling(parts: AdmissionParts, request: AdmissionRequest): AdmissionDecision {
  const update = parts.scaled.updateOf(request);
  if (update === null) return NOTHING_TO_JUDGE;
  if (typeof update === 'string') return uncheckedDecision('not_understood', update, false);
  return judgeAdmission(parts, update);
}

const KINDS = new Set(Object.values(JUDGED_KINDS).flatMap((kinds) => Object.keys(kinds)));

function isJudgedKind(kind: string): boolean {
  return KINDS.has(kind);
}

/** The namespace stands beside an object that is new, and owners may be told by it. */
function readAt({ reader }: AdmissionParts, object: PlainObject, request: AdmissionRequest): LaunchReading {
  const { namespace, kind } = request;
  const metadata = { ...asObject(object['metadata']), ...(namespace !== null && { namespace }) };
  return reader.readObject({ ...object, metadata }, `${namespace ?? ''}/${kind}/${nameOf(request)}`);
}

function check(parts: AdmissionParts, reading: LaunchReading, before: LaunchReading | null): CheckReport {
  const { ledger, nowMs, price, check: checkParts } = parts;
  const pastRuns = reading.launches.flatMap((launch) =>
    ledger.runsLike(launch, resolveOwner(checkParts.owners, launch.attributes)),
  );
  const base = before && { reference: '', commit: '', reading: before };
  const question = { reading, base, pastRuns, budgetReport: ledger.budgetsAt(nowMs), warnings: [], nowMs };
  return checkLaunches(checkParts, question, price);
}

function decide(
  parts: AdmissionParts,
  report: CheckReport,
  reading: LaunchReading,
  before: LaunchReading | null,
): AdmissionDecision {
  const missing = missingPart(parts, report);
  if (missing !== null && parts.isFailClosed) return uncheckedDecision(missing.reason, missing.detail, true);
  const refusing = report.violations.filter((violation) => isRefused(violation, report, reading, before));
  const others = report.violations.filter((violation) => !refusing.includes(violation));
  const isDenied = refusing.length > 0 && !parts.isDryRun;
  const kind = kindOf(refusing.length, others.length, missing !== null, parts.isDryRun);
  return {
    kind,
    isAllowed: !isDenied,
    message: isDenied ? refusing.map(sentence).join('\n') : null,
    warnings: [
      ...(isDenied ? [] : refusing.map((violation) => `would be refused: ${sentence(violation)}`)),
      ...others.map(sentence),
      ...(missing?.reason === 'ledger' ? [missing.detail] : []),
    ].map(shortened),
    annotations: annotationsOf(kind, report, missing?.reason ?? null),
    unchecked: missing?.reason ?? null,
    detail: [...refusing, ...others].map(sentence)[0] ?? missing?.detail ?? null,
  };
}

function kindOf(refusing: number, others: number, isMissing: boolean, isDryRun: boolean): DecisionKind {
  if (refusing > 0) return isDryRun ? 'would_deny' : 'denied';
  if (isMissing) return 'unchecked';
  return others > 0 ? 'warned' : 'allowed';
}

/** Another object may scale these, or stop them. */
const SCALED_BY_OTHERS = new Set(['Deployment', 'ReplicaSet', 'StatefulSet']);
const TOLD_BY_OTHERS = new Set(['require-autoscaling', 'require-scale-to-zero', 'max-idle']);

/**
 * An error refuses, with two exceptions that only warn: what another object may still settle, and what was so before an update that
 * makes nothing larger. A new image must not be refused for the sake of an old size.
 */
function isRefused(
  { severity, rule, isNew, launch, isUndecided }: CheckViolation,
  report: CheckReport,
  { launches }: LaunchReading,
  before: LaunchReading | null,
): boolean {
  if (severity !== 'error' || isUndecided) return false;
  const resource = launches.find(({ name }) => name === launch)?.resourceKind ?? '';
  if (TOLD_BY_OTHERS.has(rule) && SCALED_BY_OTHERS.has(resource)) return false;
  return (
    before === null ||
    isNew ||
    report.changes.some(({ difference }) => difference === null || isMore(difference))
  );
}

function isMore(difference: string): boolean {
  return !difference.startsWith('-') && /[1-9]/.test(difference);
}

type Missing = Readonly<{ reason: UncheckedReason; detail: string }>;

/** What of the judgement could not be made. */
function missingPart(parts: AdmissionParts, report: CheckReport): Missing | null {
  const undecided = report.violations.find(
    ({ isUndecided, severity }) => isUndecided && severity === 'error',
  );
  if (undecided) return { reason: 'policy', detail: sentence(undecided) };
  const detail = missingLedger(parts, report);
  return detail === null ? null : { reason: 'ledger', detail };
}

/** Only where some budget is about the launch. */
function missingLedger({ ledger, expectsLedger, nowMs }: AdmissionParts, report: CheckReport): string | null {
  const isConcerned = report.launches.some(({ budget }) => budget !== null);
  if (!isConcerned || !expectsLedger || ledger.isFresh(nowMs)) return null;
  return ledger.takenAtMs === null
    ? 'budgets were not checked against what is spent: the ledger has not answered yet'
    : `budgets were checked against what was spent ${Math.round((nowMs - ledger.takenAtMs) / MINUTE_MS)} minutes ago: the ledger does not answer`;
}

function sentence({ policy, message, fix }: CheckViolation): string {
  return `${policy}: ${message}; ${fix}`;
}

function annotationsOf(
  kind: string,
  report: CheckReport,
  unchecked: UncheckedReason | null,
): Record<string, string> {
  const [launch] = report.launches;
  const cost = launch?.costPerRun?.expected ?? launch?.costPerMonth?.high ?? null;
  const policies = [...new Set(report.violations.map(({ policy }) => policy))];
  return {
    decision: kind,
    ...(launch && { size: launch.size }),
    ...(cost !== null && {
      cost: `${cost} ${report.currency} a ${launch!.costPerRun === null ? 'month' : 'run'}`,
    }),
    ...(launch?.budget && { budget: launch.budget }),
    ...(policies.length > 0 && { policies: policies.join(', ') }),
    ...(unchecked !== null && { unchecked }),
  };
}
