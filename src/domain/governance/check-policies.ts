import type { Picos } from '../money/picos.ts';
import type { JudgedLaunch, Objection } from './judged-launch.ts';
import { headlineCost } from './launch-estimate.ts';
import type { Policy, Severity } from './policy.ts';
import { judge } from './rules/judge.ts';

export type Violation = Readonly<{
  file: string;
  line: number;
  /** Name of the launch. */
  launch: string;
  rule: string;
  policy: string;
  severity: Severity;
  message: string;
  fix: string;
  estimatedPicos: Picos | null;
  estimatedPer: 'run' | 'month' | 'hour' | null;
  /** The policy could not be computed; whoever gates decides what that means. */
  isUndecided?: true;
}>;

export type PolicyFindings = Readonly<{
  violations: readonly Violation[];
  /** Policies that were about some launch, and that none violated. */
  passed: readonly string[];
}>;

/** Judges every launch by every policy that is about it, in the order of both. */
export function checkPolicies(
  policies: readonly Policy[],
  launches: readonly JudgedLaunch[],
): PolicyFindings {
  const violations: Violation[] = [];
  const passed: string[] = [];
  for (const policy of policies) {
    const within = launches.filter((launch) => isAbout(policy, launch));
    const found = within.flatMap((launch) =>
      judge(policy.rule, launch).map((objection) => toViolation(policy, launch, objection)),
    );
    violations.push(...found);
    if (within.length > 0 && found.length === 0) passed.push(policy.name);
  }
  return { violations, passed };
}

export function isAbout(
  { scope }: Policy,
  { launch, owner }: Pick<JudgedLaunch, 'launch' | 'owner'>,
): boolean {
  const isOfKind = scope.kinds.length === 0 || (launch.kind !== null && scope.kinds.includes(launch.kind));
  return (
    isOfKind &&
    Object.entries(scope.owner).every(([dimension, values]) => values.includes(owner[dimension] ?? ''))
  );
}

function toViolation(policy: Policy, { launch, estimate }: JudgedLaunch, objection: Objection): Violation {
  const cost = headlineCost(estimate);
  return {
    file: launch.file,
    line: (objection.field && launch.lines[objection.field]) ?? launch.line,
    launch: launch.name,
    rule: policy.rule.rule,
    policy: policy.name,
    severity: policy.severity,
    message: policy.message ?? objection.message,
    fix: policy.fix ?? objection.fix,
    estimatedPicos: cost?.picos ?? null,
    estimatedPer: cost?.per ?? null,
    ...(objection.isUndecided && { isUndecided: true }),
  };
}
