import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import type { PolicyMistake, PolicyReading, ReadPolicy } from '../ports/policy-reader.ts';
import { describeIssue, type Mistake } from './describe-issue.ts';
import { type PolicyYaml, policy } from './guardrails-yaml.ts';
import { checkGuardrails, toPolicy } from './read-guardrails.ts';
import { parseYaml, type YamlDocument, type YamlPath } from './yaml-document.ts';

/** Amounts stand in the text; passing through a float would change them. */
const AMOUNTS = ['perRun', 'perHour', 'perMonth'];

/**
 * The policies in a text: a list, or whatever stands under `policies`. All mistakes are found, each where it stands; the policies without one are read.
 */
export function readPolicies(text: string, dimensions: readonly string[]): PolicyReading {
  const document = parseYaml(text, ({ path, value, source }) =>
    AMOUNTS.includes(String(path.at(-1))) ? source : value,
  );
  if (!('value' in document)) {
    const remedy = 'mind the indentation, and quote texts that hold a colon or a brace';
    return {
      policies: [],
      mistakes: [
        placed(document.position, { message: `this is not valid YAML: ${document.message}`, remedy }),
      ],
    };
  }
  const at = listPath(text, document);
  if (at === null) return { policies: [], mistakes: isEmpty(document.value) ? [] : [noList(document)] };
  return readList(document, at, dimensions);
}

/** A list of the text is named as one of `tare.yaml` would be, so that messages say the same. */
function readList(document: YamlDocument, at: YamlPath, dimensions: readonly string[]): PolicyReading {
  const list = at.length === 0 ? document.value : (document.value as Record<string, unknown>)['policies'];
  const shifted = shiftedDocument(document, at);
  const policies: ReadPolicy[] = [];
  const mistakes: PolicyMistake[] = [];
  for (const [index, value] of (list as readonly unknown[]).entries()) {
    const found = policy.safeParse(value);
    if (!found.success) {
      for (const issue of found.error.issues) {
        const place = { ...issue, path: ['policies', index, ...issue.path] } as typeof issue;
        const { position, ...mistake } = describeIssue(place, shifted);
        mistakes.push(placed(position, mistake));
      }
      continue;
    }
    const across = checkGuardrails({ policies: [found.data] }, dimensions);
    if (across) {
      const path: YamlPath = [...at, index, ...across.path.slice(2)];
      mistakes.push(placed(document.position(path), across));
      continue;
    }
    policies.push(toRead(found.data, lineOf(document.position([...at, index]))));
  }
  return { policies, mistakes: mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** The document as if the list stood under `policies`. */
function shiftedDocument(document: YamlDocument, at: YamlPath): YamlDocument {
  if (at.length > 0) return document;
  return {
    value: { policies: document.value },
    position: (path, isKey) => document.position(path.slice(1), isKey),
    sourceText: (path) => document.sourceText(path.slice(1)),
  };
}

function listPath(text: string, { value }: YamlDocument): YamlPath | null {
  const contents = parseDocument(text).contents;
  if (isSeq(contents)) return [];
  if (isMap(contents) && Array.isArray((value as Record<string, unknown>)['policies'])) return ['policies'];
  return null;
}

function isEmpty(value: unknown): boolean {
  const isNothing = (one: unknown) => one === null || one === undefined;
  if (isNothing(value)) return true;
  return (
    typeof value === 'object' &&
    'policies' in (value as object) &&
    isNothing((value as { policies: unknown }).policies)
  );
}

function noList(document: YamlDocument): PolicyMistake {
  return placed(document.position([]), {
    message: 'there is no list of policies',
    remedy: 'begin with policies:, and write each policy after a dash: - { rule: max-gpus, gpus: 8 }',
  });
}

function toRead(yaml: PolicyYaml, line: number): ReadPolicy {
  return { policy: toPolicy(yaml), line, text: policyText(yaml) };
}

/** Keys in one order, lists where several may stand as they are. */
export function policyText(yaml: PolicyYaml): string {
  const { rule, name, ...rest } = yaml as Record<string, unknown> & { rule: string; name?: string };
  const ordered = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return stringify({ rule, ...(name !== undefined && { name }), ...Object.fromEntries(ordered) }).trimEnd();
}

/** As it would stand in `tare.yaml`. */
export function policiesText(policies: readonly PolicyYaml[]): string {
  return policies.length === 0 ? '' : stringify({ policies });
}

function placed(position: string, { message, remedy }: Mistake): PolicyMistake {
  const [line = 1, column = 1] = position.split(':').map(Number);
  return { line, column, message, remedy };
}

function lineOf(position: string): number {
  return Number(position.split(':')[0]);
}
