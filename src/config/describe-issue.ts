import type { z } from 'zod';
import { closestWord } from '../domain/text/closest-word.ts';
import { allowedKeys } from './allowed-keys.ts';
import type { YamlDocument, YamlPath } from './yaml-document.ts';

export type Mistake = Readonly<{ message: string; remedy: string }>;
type PlacedMistake = Mistake & Readonly<{ position: string; isInSource: boolean }>;
type Issue = z.core.$ZodIssue;

/** Says a schema issue in the words of the file: where, what stands there, what was expected. */
export function describeIssue(issue: Issue, document: YamlDocument): PlacedMistake {
  const path = issue.path as YamlPath;
  const at = (mistake: Mistake, place = path, isKey = false) => ({
    ...mistake,
    position: document.position(place, isKey),
    isInSource: path[0] === 'sources',
  });

  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    return at(describeKey(key, allowedKeys(path, document.value)), [...path, key], true);
  }
  if (issue.code === 'invalid_key') {
    return at({ message: `unexpected key "${path.at(-1)}"`, remedy: issue.issues[0]!.message }, path, true);
  }
  if (issue.code === 'invalid_union' && 'discriminator' in issue && issue.discriminator !== undefined) {
    return at(describeVariant(issue.discriminator, optionsOf(issue), document.sourceText(path)));
  }
  if (issue.code === 'invalid_value') {
    return at(describeChoice(issue.values.map(String), String(path.at(-1)), document.sourceText(path)));
  }
  if (
    issue.code === 'invalid_type' &&
    document.sourceText(path) === undefined &&
    isMissing(path, document.value)
  ) {
    return at({
      message: `"${path.at(-1)}" is missing`,
      remedy: `add ${path.at(-1)}: ${exampleOf(issue.expected)}`,
    });
  }
  return at({
    message: `${nameOf(path)} is not what was expected${quoted(document.sourceText(path))}`,
    remedy: issue.message.replace(/^Invalid input: /, ''),
  });
}

/** zod lists what the discriminator may be; its types do not say so yet. */
function optionsOf(issue: Issue): string[] {
  return ((issue as { options?: readonly unknown[] }).options ?? []).map(String);
}

function describeKey(key: string, allowed: readonly string[]): Mistake {
  const meant = closestWord(key, allowed);
  const list = `keys here: ${allowed.join(', ')}`;
  return { message: `unknown key "${key}"`, remedy: meant ? `did you mean ${meant}? ${list}` : list };
}

function describeVariant(
  discriminator: string,
  options: readonly string[],
  found: string | undefined,
): Mistake {
  const noun = discriminator === 'kind' ? 'source kind' : discriminator;
  const list = `${discriminator}s: ${options.join(', ')}`;
  if (found === undefined) return { message: `"${discriminator}" is missing`, remedy: list };
  const meant = closestWord(found, options);
  return { message: `unknown ${noun} "${found}"`, remedy: meant ? `did you mean ${meant}? ${list}` : list };
}

function describeChoice(choices: readonly string[], name: string, found: string | undefined): Mistake {
  const meant = closestWord(found ?? '', choices);
  const list = `expected one of: ${choices.join(', ')}`;
  return {
    message: `${name} cannot be ${found === undefined ? 'that' : `"${found}"`}`,
    remedy: meant ? `did you mean ${meant}? ${list}` : list,
  };
}

function isMissing(path: YamlPath, value: unknown): boolean {
  let here = value;
  for (const step of path) here = (here as Record<string | number, unknown> | null | undefined)?.[step];
  return here === undefined;
}

function exampleOf(expected: string): string {
  return expected === 'array' ? '[…]' : expected === 'object' ? '{…}' : '…';
}

function nameOf(path: YamlPath): string {
  return path.length === 0 ? 'the file' : path.join('.');
}

function quoted(text: string | undefined): string {
  return text === undefined ? '' : `: "${text}"`;
}
