import { BUDGET_PERIODS, type Budget } from '../domain/governance/budgets/budget.ts';
import { parseExpression } from '../domain/governance/expression/parse-expression.ts';
import { EXPRESSION_NAMES, type Policy, type PolicyRule } from '../domain/governance/policy.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { BUILT_IN_DIMENSIONS } from '../domain/ownership/owner.ts';
import { closestWord } from '../domain/text/closest-word.ts';
import { HOUR_MS } from '../domain/time/window.ts';
import type { Mistake } from './describe-issue.ts';
import type { BudgetYaml, PolicyYaml } from './guardrails-yaml.ts';
import type { YamlPath } from './yaml-document.ts';
import { readDuration } from './yaml-values.ts';

/** What a schema cannot say of budgets and policies, and what they are once they are read. */

type Found = (Mistake & { path: YamlPath }) | undefined;
type Guardrails = Readonly<{
  budgets?: readonly BudgetYaml[] | undefined;
  policies?: readonly PolicyYaml[] | undefined;
}>;

/** The first thing that is wrong across fields: no period, two of one name, an unknown dimension, an expression that does not parse. */
export function checkGuardrails(
  { budgets = [], policies = [] }: Guardrails,
  dimensions: readonly string[],
): Found {
  return checkBudgets(budgets, dimensions) ?? checkPolicies(policies, dimensions);
}

export function toBudget(yaml: BudgetYaml): Budget {
  const period = BUDGET_PERIODS.find((one) => yaml[one] !== undefined)!;
  const { endpoint } = yaml;
  return {
    name: yaml.name,
    scope: {
      ...(endpoint !== undefined && { endpoint }),
      ...Object.fromEntries(
        BUILT_IN_DIMENSIONS.flatMap((name) => (yaml[name] === undefined ? [] : [[name, yaml[name]]])),
      ),
      ...yaml.tags,
    },
    period,
    limitPicos: picosOf(yaml[period]!),
    warn: yaml.warn ?? 0.8,
    of: yaml.of ?? 'total',
    ...(endpoint !== undefined && { unit: { endpoint, per: yaml.per ?? '1k-inferences' } }),
    isSoft: yaml.soft ?? false,
  };
}

export function toPolicy(yaml: PolicyYaml): Policy {
  const { name, kind, severity = 'error', message = null, fix = null } = yaml;
  const owners = { ...pick(yaml, BUILT_IN_DIMENSIONS), ...yaml.tags };
  return {
    name: name ?? yaml.rule,
    scope: {
      owner: Object.fromEntries(
        Object.entries(owners).map(([dimension, values]) => [dimension, listOf(values)]),
      ),
      kinds: listOf(kind),
    },
    rule: toRule(yaml),
    severity,
    message,
    fix,
  };
}

const DEFAULT_HEADROOM = 0.3;

function toRule(yaml: PolicyYaml): PolicyRule {
  switch (yaml.rule) {
    case 'allowed-gpu':
      return { rule: yaml.rule, models: yaml.models };
    case 'max-gpus':
      return { rule: yaml.rule, perLaunch: yaml.gpus ?? null, perNode: yaml.perNode ?? null };
    case 'allowed-lifecycle':
      return { rule: yaml.rule, lifecycles: yaml.lifecycles };
    case 'allowed-region':
      return { rule: yaml.rule, regions: yaml.regions };
    case 'max-idle':
    case 'max-hours':
      return { rule: yaml.rule, hours: readDuration(yaml.for) / HOUR_MS };
    case 'required-tags':
      return { rule: yaml.rule, tags: yaml.required };
    case 'oversized-gpu':
      return { rule: yaml.rule, headroom: yaml.headroom ?? DEFAULT_HEADROOM };
    case 'max-cost':
      return {
        rule: yaml.rule,
        perRun: picosOrNull(yaml.perRun),
        perHour: picosOrNull(yaml.perHour),
        perMonth: picosOrNull(yaml.perMonth),
      };
    case 'expression': {
      const parsed = parseExpression(yaml.deny, Object.keys(EXPRESSION_NAMES));
      if (parsed.kind === 'mistake') throw new Error('an expression was not checked before it was read');
      return { rule: yaml.rule, deny: parsed.expression, source: yaml.deny };
    }
    case 'require-spot':
    case 'forbid-spot':
    case 'require-autoscaling':
    case 'require-scale-to-zero':
      return { rule: yaml.rule };
    default:
      return yaml satisfies never;
  }
}

function checkBudgets(budgets: readonly BudgetYaml[], dimensions: readonly string[]): Found {
  const names = new Set<string>();
  for (const [index, budget] of budgets.entries()) {
    const path: YamlPath = ['budgets', index];
    const periods = BUDGET_PERIODS.filter((period) => budget[period] !== undefined);
    if (periods.length !== 1) {
      const found = periods.length === 0 ? 'says no amount' : `has several amounts: ${periods.join(', ')}`;
      const remedy = `give one of ${BUDGET_PERIODS.join(', ')}; write a second budget for a second period`;
      return { path, message: `the budget "${budget.name}" ${found}`, remedy };
    }
    if (names.has(budget.name))
      return {
        path,
        message: `two budgets are named "${budget.name}"`,
        remedy: 'give each a name of its own',
      };
    names.add(budget.name);
    const unit = checkUnit(budget);
    if (unit) return { path, ...unit };
    const mistake = checkDimensions(budget.tags, [...path, 'tags'], dimensions);
    if (mistake) return mistake;
  }
  return undefined;
}

function checkUnit(budget: BudgetYaml): Omit<NonNullable<Found>, 'path'> | undefined {
  const { name, of, endpoint, per } = budget;
  if (of === 'unit-cost' && endpoint === undefined)
    return {
      message: `the budget "${name}" is of unit-cost and names no endpoint`,
      remedy: 'add endpoint: NAME, as tare report inference calls it',
    };
  if (of !== 'unit-cost' && (endpoint !== undefined || per !== undefined))
    return {
      message: `the budget "${name}" has an ${endpoint === undefined ? 'amount per unit' : 'endpoint'} and is not of unit-cost`,
      remedy: 'add of: unit-cost, or take endpoint and per out',
    };
  const owner =
    BUILT_IN_DIMENSIONS.find((one) => budget[one] !== undefined) ?? Object.keys(budget.tags ?? {})[0];
  if (of === 'unit-cost' && owner !== undefined)
    return {
      message: `the budget "${name}" is of an endpoint, and of ${owner}`,
      remedy: `an endpoint is all that a unit cost is about: take ${owner} out`,
    };
  return undefined;
}

function checkPolicies(policies: readonly PolicyYaml[], dimensions: readonly string[]): Found {
  for (const [index, policy] of policies.entries()) {
    const path: YamlPath = ['policies', index];
    const mistake = checkDimensions(policy.tags, [...path, 'tags'], dimensions) ?? checkRule(policy, path);
    if (mistake) return mistake;
  }
  return undefined;
}

function checkRule(policy: PolicyYaml, path: YamlPath): Found {
  if (policy.rule === 'max-gpus' && policy.gpus === undefined && policy.perNode === undefined)
    return { path, message: 'max-gpus says no number', remedy: 'add gpus: 8 for a launch, or perNode: 4' };
  if (
    policy.rule === 'max-cost' &&
    [policy.perRun, policy.perHour, policy.perMonth].every((one) => one === undefined)
  )
    return { path, message: 'max-cost says no amount', remedy: 'add perRun, perHour or perMonth' };
  if (policy.rule !== 'expression') return undefined;
  const parsed = parseExpression(policy.deny, Object.keys(EXPRESSION_NAMES));
  if (parsed.kind === 'expression') return undefined;
  const { at, message } = parsed.mistake;
  return {
    path: [...path, 'deny'],
    message: `the expression is wrong at character ${at}: ${message}`,
    remedy: 'see docs/guides/policies.md for the language of expressions',
  };
}

function checkDimensions(
  tags: Readonly<Record<string, unknown>> | undefined,
  path: YamlPath,
  dimensions: readonly string[],
): Found {
  const unknown = Object.keys(tags ?? {}).find((name) => !dimensions.includes(name));
  if (unknown === undefined) return undefined;
  const meant = closestWord(unknown, dimensions);
  return {
    path: [...path, unknown],
    message: `no owner rule defines "${unknown}"`,
    remedy: `${meant ? `did you mean ${meant}? ` : ''}add ${unknown} under owners:, with where its value is found`,
  };
}

function pick(yaml: PolicyYaml, names: readonly (typeof BUILT_IN_DIMENSIONS)[number][]) {
  return Object.fromEntries(names.flatMap((name) => (yaml[name] === undefined ? [] : [[name, yaml[name]]])));
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function picosOf(text: string) {
  return parsePicos(text)!.picos; // the schema has checked it
}

function picosOrNull(text: string | undefined) {
  return text === undefined ? null : picosOf(text);
}
