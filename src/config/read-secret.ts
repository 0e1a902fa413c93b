import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Mistake } from './describe-issue.ts';

export type SecretOptions = Readonly<{
  directory: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** The place holds a secret, so the text itself must not stand in the file. */
  mustBeReference: boolean;
}>;

export type ReadText = Readonly<{ kind: 'text'; text: string }> | (Readonly<{ kind: 'mistake' }> & Mistake);

const REFERENCE = /\$\{([^}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** `http://user:password@host` */
const CREDENTIALS = /:\/\/[^/@\s:]*:[^/@\s]+@/;
const TOKEN_HASH = /^sha256:[0-9a-fA-F]{64}$/;

/** Expands `${NAME}` anywhere in a text, and `file:PATH` when it is the whole text. The result never appears in a message. */
export function readSecret(text: string, options: SecretOptions): ReadText {
  if (text.startsWith('file:')) return readSecretFile(text.slice('file:'.length), options.directory);
  if (!text.includes('${')) {
    return options.mustBeReference || CREDENTIALS.test(text)
      ? checkIsReference(text)
      : { kind: 'text', text };
  }

  const missing = [...text.matchAll(REFERENCE)]
    .map(([, name]) => name!)
    .find((name) => !NAME.test(name) || !options.environment[name]);
  if (missing !== undefined) return describeMissing(missing);
  return { kind: 'text', text: text.replace(REFERENCE, (_, name: string) => options.environment[name]!) };
}

function readSecretFile(path: string, directory: string): ReadText {
  try {
    return { kind: 'text', text: readFileSync(resolve(directory, path), 'utf8').trim() };
  } catch (error) {
    return mistake(
      `cannot read the file ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`,
      'write the secret there, readable for the user that runs tare; the path is relative to tare.yaml',
    );
  }
}

function checkIsReference(text: string): ReadText {
  if (TOKEN_HASH.test(text)) return { kind: 'text', text };
  return mistake(
    'a secret must not stand in the file itself',
    'write ${NAME} for an environment variable, or file:PATH',
  );
}

function describeMissing(name: string): ReadText {
  return NAME.test(name)
    ? mistake(`the environment variable ${name} is not set`, `set ${name}, or write the value here`)
    : mistake(
        `"\${${name}}" is not the name of a variable`,
        'write ${NAME} with letters, digits and underscores',
      );
}

function mistake(message: string, remedy: string): ReadText {
  return { kind: 'mistake', message, remedy };
}
