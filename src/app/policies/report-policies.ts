import { FUNCTIONS } from '../../domain/governance/expression/functions.ts';
import { EXPRESSION_NAMES } from '../../domain/governance/policy.ts';
import { COMMON_PARAMETERS, RULE_HELP } from '../../domain/governance/policy-rules.ts';
import type { PoliciesInForce, ReadPolicy } from '../../ports/policy-reader.ts';
import type {
  PoliciesReport,
  PolicyChange,
  PolicyEntry,
  PolicyReadingReport,
  Word,
} from '../results/policies.ts';

/** The policies in force, and what others can be written with. */
export function reportPolicies({ path, text, read, dimensions }: PoliciesInForce): PoliciesReport {
  return {
    path,
    text,
    policies: read(text).policies.map(toEntry),
    rules: Object.entries(RULE_HELP).map(([rule, { asks, parameters, example }]) => ({
      rule,
      asks,
      parameters: toWords(parameters),
      example,
    })),
    common: toWords(COMMON_PARAMETERS),
    names: toWords(EXPRESSION_NAMES),
    functions: [...FUNCTIONS].map(([name, { meaning }]) => ({ name, meaning })),
    dimensions,
  };
}

/** What a text says, what is wrong with it, and how it differs from what is in force. Asks no ledger. */
export function readPolicyText({ text: inForce, read }: PoliciesInForce, text: string): PolicyReadingReport {
  const { policies, mistakes } = read(text);
  return {
    policies: policies.map(toEntry),
    mistakes,
    changes: comparePolicies(read(inForce).policies, policies),
  };
}

/** Policies are the same by their texts; one of the same name and rule was changed; the rest was added or removed. */
export function comparePolicies(
  before: readonly ReadPolicy[],
  after: readonly ReadPolicy[],
): readonly PolicyChange[] {
  const gone = [...before];
  const take = (isIt: (one: ReadPolicy) => boolean): ReadPolicy | null => {
    const index = gone.findIndex(isIt);
    return index < 0 ? null : gone.splice(index, 1)[0]!;
  };
  const differing = after.filter(({ text }) => take((one) => one.text === text) === null);
  const changes = differing.map((one) =>
    toChange(
      take((other) => isSame(one, other)),
      one,
    ),
  );
  return [...changes, ...gone.map((one) => toChange(one, null))];
}

function isSame(a: ReadPolicy, b: ReadPolicy): boolean {
  return a.policy.name === b.policy.name && a.policy.rule.rule === b.policy.rule.rule;
}

function toChange(before: ReadPolicy | null, after: ReadPolicy | null): PolicyChange {
  const { policy } = (after ?? before)!;
  return {
    change: before === null ? 'added' : after === null ? 'removed' : 'changed',
    name: policy.name,
    rule: policy.rule.rule,
    before: before?.text ?? null,
    after: after?.text ?? null,
  };
}

function toEntry({ policy, line, text }: ReadPolicy): PolicyEntry {
  return { name: policy.name, rule: policy.rule.rule, severity: policy.severity, line, text };
}

function toWords(meanings: Readonly<Record<string, string>>): Word[] {
  return Object.entries(meanings).map(([name, meaning]) => ({ name, meaning }));
}
