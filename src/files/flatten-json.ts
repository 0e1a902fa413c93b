import { parseJsonRecord } from './json-record.ts';

/**
 * The leaves of a JSON object by their dotted names, numbers as the text that stands there: `{"optimizer": {"lr": 0.10}, "seed": null}`
 * becomes `optimizer.lr` → `0.10`. Lists stay JSON text, nulls are left out. Throws a `SyntaxError` for anything but an object.
 */
export function flattenJson(text: string): Map<string, string> {
  const leaves = new Map<string, string>();
  addLeaves(leaves, '', text);
  return leaves;
}

function addLeaves(leaves: Map<string, string>, prefix: string, text: string): void {
  for (const [key, value] of parseJsonRecord(text)) {
    if (value === null) continue;
    if (isObject(value)) addLeaves(leaves, `${prefix}${key}.`, value);
    else leaves.set(`${prefix}${key}`, value);
  }
}

/** A string that looks like an object counts as one: exports write nested objects as JSON text. */
function isObject(value: string): boolean {
  if (!value.startsWith('{')) return false;
  try {
    parseJsonRecord(value);
    return true;
  } catch {
    return false;
  }
}
