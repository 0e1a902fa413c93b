import { asInputFailure } from '../files/as-input-failure.ts';
import { readText } from '../files/read-text.ts';
import { InputFailure } from '../ports/failures.ts';

export type JsonDocument = Readonly<Record<string, unknown>>;

/**
 * A whole JSON object, plain or gzipped, for traces that are no tables. An array comes as its own object, by index.
 * @throws InputFailure when the file cannot be read, or holds no JSON object
 */
export async function readJsonDocument(path: string, signal: AbortSignal): Promise<JsonDocument> {
  let text = '';
  try {
    for await (const part of readText(path, signal)) text += part;
  } catch (thrown) {
    throw asInputFailure(thrown);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (thrown) {
    throw notJson(path, (thrown as Error).message, thrown);
  }
  if (typeof document !== 'object' || document === null) throw notJson(path, 'the file holds a single value');
  return document as JsonDocument;
}

function notJson(path: string, what: string, cause?: unknown): InputFailure {
  return new InputFailure(
    'format-unknown',
    `${path}: not one JSON object: ${what}`,
    'export the file again, as JSON',
    cause,
  );
}
