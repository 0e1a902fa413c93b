import type { Attributes } from '../../facts/facts.ts';
import type { HolderHour } from '../../levers/holder-hour.ts';
import { HOUR_MS } from '../../time/window.ts';
import { checkPolicies, isAbout, type Violation } from '../check-policies.ts';
import type { Expression } from '../expression/expression.ts';
import type { JudgedLaunch } from '../judged-launch.ts';
import type { Policy, PolicyRule } from '../policy.ts';
import { lookUpOf, namesOf } from '../rules/judge-expression.ts';
import { hoursBeyond } from './idle-hours.ts';
import type { PastFact, PastLaunch } from './past-launch.ts';
import { restsOnUnknown } from './rests-on.ts';

/** What a policy would have said of a launch that happened. */
export type PastVerdict =
  | Readonly<{ kind: 'outside' }>
  | Readonly<{ kind: 'kept' }>
  | Readonly<{
      kind: 'stopped' | 'warned';
      message: string;
      fix: string;
      /** What would not have been paid. */
      hours: readonly HolderHour[];
    }>
  /** Never a yes: why is said. */
  | Readonly<{ kind: 'not-judged'; why: string }>;

/**
 * Judges a past launch by the same function as `tare check` and the webhook. Two rules ask for a limit that no source tells, and are judged by what
 * happened instead: how long it stood still, and how long it ran. What rests on something else that is not known is not judged.
 */
export function judgePast(policy: Policy, past: PastLaunch): PastVerdict {
  if (!isAbout(policy, past.variants[0])) return { kind: 'outside' };
  const seen = asItWas(policy.rule, past);
  const gap = gapOf(policy.rule, past, seen);
  const verdicts = seen.map((variant) => checkPolicies([policy], [variant]).violations);
  const [violation] = verdicts.flat();
  if (violation?.isUndecided) return { kind: 'not-judged', why: violation.message };
  if (violation !== undefined && (gap === null || gap.isAtLeast)) return refusal(policy, past, violation);
  if (gap !== null) return { kind: 'not-judged', why: gap.why };
  return { kind: 'kept' };
}

/** The launch with what it did in the place of the limit that it should have had. */
function asItWas(rule: PolicyRule, past: PastLaunch): readonly JudgedLaunch[] {
  const change = observedLimits(rule, past);
  const names = labelNamesOf(rule);
  return past.variants.map((variant) => {
    const attributes = asSpelled(variant.launch.attributes, names);
    return { ...variant, launch: { ...variant.launch, ...change, attributes } };
  });
}

/** Names of labels that a rule looks up. */
function labelNamesOf(rule: PolicyRule): readonly string[] {
  if (rule.rule === 'required-tags') return rule.tags;
  return rule.rule === 'expression' ? textsOf(rule.deny) : [];
}

function textsOf(part: Expression): readonly string[] {
  switch (part.kind) {
    case 'constant':
      return typeof part.value === 'string' ? [part.value] : [];
    case 'name':
      return [];
    case 'list':
      return part.items.flatMap(textsOf);
    case 'call':
      return part.parameters.flatMap(textsOf);
    case 'not':
    case 'minus':
      return textsOf(part.operand);
    case 'binary':
      return [part.left, part.right].flatMap(textsOf);
    default:
      return part satisfies never;
  }
}

/** Exporters write `label_cost_centre` for `cost-centre`: a manifest would have it as the rule does. */
function asSpelled(attributes: Attributes, names: readonly string[]): Attributes {
  const spelled = names.flatMap((name) => {
    const value = attributes[`label:${name.replace(/[^A-Za-z0-9_]/g, '_')}`];
    return value === undefined ? [] : [[`label:${name}`, value] as const];
  });
  return spelled.length === 0 ? attributes : { ...Object.fromEntries(spelled), ...attributes };
}

function observedLimits(rule: PolicyRule, past: PastLaunch) {
  if (rule.rule === 'max-idle') return { idleLimitHours: past.idle.certain };
  if (rule.rule === 'max-hours') return { limitHours: hoursRun(past) };
  return {};
}

/** So far, where it goes on. */
function hoursRun({ startMs, endMs, hours }: PastLaunch): number {
  const lastMs = endMs ?? (hours.at(-1)?.hourMs ?? startMs) + HOUR_MS;
  return Math.max(0, lastMs - startMs) / HOUR_MS;
}

/** What a rule would have to know and does not. `isAtLeast`: more of it could only make a violation worse. */
type Gap = Readonly<{ why: string; isAtLeast: boolean }> | null;

function gapOf(rule: PolicyRule, past: PastLaunch, seen: readonly JudgedLaunch[]): Gap {
  const missing = (fact: PastFact, isAtLeast = false): Gap => {
    const why = past.unknown.get(fact);
    return why === undefined ? null : { why, isAtLeast };
  };
  const [{ launch }] = past.variants;
  switch (rule.rule) {
    case 'allowed-gpu':
      return missing('gpuModel');
    case 'allowed-region':
      return missing('region');
    case 'max-gpus':
      return past.hours.length === 0 ? { why: NOTHING_HELD, isAtLeast: true } : null;
    case 'allowed-lifecycle':
      return null;
    case 'require-spot':
    case 'forbid-spot':
      return dependsOnLabels(rule, seen) ? missing('labels') : null;
    case 'require-autoscaling':
      return launch.kind === 'inference' ? missing('autoscaling') : null;
    case 'require-scale-to-zero':
      return missing('scaleToZero');
    case 'max-idle':
      return past.idle.possible > rule.hours
        ? { why: 'nothing observed some of the hours in which it may have stood still', isAtLeast: true }
        : null;
    case 'max-hours':
      return !launch.isContinuous && past.endMs === null ? { why: 'it still runs', isAtLeast: true } : null;
    case 'required-tags':
      return isObjected(rule, seen) ? missing('labels') : null;
    case 'oversized-gpu':
      return missing('modelSize');
    case 'max-cost':
      return (
        missing('cost') ?? (rule.perRun !== null && !launch.isContinuous ? missing('hours', true) : null)
      );
    case 'expression':
      return gapOfExpression(rule, past, seen);
    default:
      return rule satisfies never;
  }
}

const NOTHING_HELD = 'the ledger has nothing of what it held';

/** A label may exempt a launch; where no labels are known, both answers have to come to the same. */
function dependsOnLabels(rule: PolicyRule, seen: readonly JudgedLaunch[]): boolean {
  return seen.some(({ launch, ...rest }) => {
    const answers = [true, false].map((answer) =>
      isObjected(rule, [
        {
          ...rest,
          launch: {
            ...launch,
            isInterruptible: launch.isInterruptible ?? answer,
            isLatencyCritical: launch.isLatencyCritical ?? answer,
          },
        },
      ]),
    );
    return answers[0] !== answers[1];
  });
}

function isObjected(rule: PolicyRule, seen: readonly JudgedLaunch[]): boolean {
  const policy: Policy = {
    name: rule.rule,
    scope: { owner: {}, kinds: [] },
    rule,
    severity: 'error',
    message: null,
    fix: null,
  };
  return checkPolicies([policy], seen).violations.length > 0;
}

/** Which fact each name of an expression rests on; the others are always known. */
const FACT_OF_NAME: Readonly<Record<string, PastFact>> = {
  resource: 'resource',
  file: 'file',
  queue: 'queue',
  gpuModels: 'gpuModel',
  provider: 'provider',
  region: 'region',
  minGpus: 'replicas',
  minReplicas: 'replicas',
  maxReplicas: 'replicas',
  isAutoscaled: 'autoscaling',
  limitHours: 'timeLimit',
  idleLimitHours: 'idleLimit',
  hours: 'hours',
  costPerHour: 'cost',
  costPerRun: 'cost',
  costPerMonth: 'cost',
  'label()': 'labels',
  'has()': 'labels',
};

function gapOfExpression(
  rule: Extract<PolicyRule, { rule: 'expression' }>,
  { unknown }: PastLaunch,
  seen: readonly JudgedLaunch[],
): Gap {
  const factOf = (name: string) => {
    const fact = FACT_OF_NAME[name];
    const isOpenCost = name === 'costPerRun' && unknown.has('hours');
    return fact !== undefined && unknown.has(fact) ? fact : isOpenCost ? 'hours' : undefined;
  };
  for (const judged of seen) {
    const name = restsOnUnknown(
      rule.deny,
      (one) => factOf(one) !== undefined,
      namesOf(judged),
      lookUpOf(judged),
    );
    if (name !== null) {
      const fact = factOf(name) ?? factOf(`${name}()`);
      return { why: `${name}: ${unknown.get(fact!)}`, isAtLeast: false };
    }
  }
  return null;
}

function refusal(policy: Policy, past: PastLaunch, { message, fix, severity }: Violation): PastVerdict {
  return {
    kind: severity === 'warning' ? 'warned' : 'stopped',
    message: policy.message ?? observed(policy.rule, past) ?? message,
    fix,
    hours: refusedHours(policy.rule, past),
  };
}

/** What is past a limit, where the rule sets one; otherwise all of it. */
function refusedHours(rule: PolicyRule, { idle, hours, startMs }: PastLaunch): readonly HolderHour[] {
  if (rule.rule === 'max-idle') return hoursBeyond(idle, rule.hours);
  if (rule.rule === 'max-hours')
    return hours.filter(({ hourMs }) => hourMs >= startMs + rule.hours * HOUR_MS);
  return hours;
}

function observed(rule: PolicyRule, past: PastLaunch): string | null {
  if (rule.rule === 'max-idle')
    return `it stood still for ${past.idle.certain} hours in a row, and may for at most ${hoursText(rule.hours)}`;
  if (rule.rule === 'max-hours')
    return `it ran for ${hoursText(hoursRun(past))}, and may for at most ${hoursText(rule.hours)}`;
  return null;
}

function hoursText(hours: number): string {
  const rounded = Number(hours.toFixed(1));
  return `${rounded} ${rounded === 1 ? 'hour' : 'hours'}`;
}
