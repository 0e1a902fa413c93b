/** A JSON object out of a cell: exports nest them as text, sometimes as text within text. Anything else is no object. */
export function parseObject(text: string | null): Readonly<Record<string, unknown>> {
  const value = parse(text);
  const inner = typeof value === 'string' ? parse(value) : value;
  return isObject(inner) ? inner : {};
}

export function parseList(text: string | null): readonly unknown[] {
  const value = parse(text);
  const inner = typeof value === 'string' ? parse(value) : value;
  return Array.isArray(inner) ? inner : [];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text at a path of keys; numbers as text, blanks and anything else as `null`. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = valueAt(value, path);
  if (typeof found === 'number' || typeof found === 'boolean') return String(found);
  return typeof found === 'string' && found.trim() !== '' ? found.trim() : null;
}

/** The count at a path of keys: a whole number from zero on. */
export function countAt(value: unknown, ...path: readonly string[]): number | null {
  const found = valueAt(value, path);
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    value,
  );
}

function parse(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
