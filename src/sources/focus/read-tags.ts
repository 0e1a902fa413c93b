/** Tags of one cell, `undefined` when they cannot be read. Values are never empty; a tag without a value reads `true`. */
export type Tags = Readonly<Record<string, string>>;

/**
 * Reads tags as bills carry them: a JSON object (FOCUS), the same without braces (older Azure exports), an array of pairs
 * (Google's labels), a list of two-element lists, or a map as query engines print it (`{team=nlp, env=prod}`).
 */
export function parseTags(text: string): Tags | undefined {
  const json = parseJson(text) ?? parseJson(`{${text}}`);
  if (Array.isArray(json)) return fromPairs(json);
  if (typeof json === 'object' && json !== null) return fromEntries(Object.entries(json));
  return PRINTED_MAP.test(text) ? fromPrintedMap(text) : undefined;
}

const PRINTED_MAP = /^\{(?:[^{}"=,]+=[^{}"]*)?\}$/;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromPairs(pairs: readonly unknown[]): Tags | undefined {
  const entries: [string, unknown][] = [];
  for (const pair of pairs) {
    const entry = toEntry(pair);
    if (!entry) return undefined;
    entries.push(entry);
  }
  return fromEntries(entries);
}

function toEntry(pair: unknown): [string, unknown] | undefined {
  if (Array.isArray(pair)) return typeof pair[0] === 'string' ? [pair[0], pair[1]] : undefined;
  if (typeof pair !== 'object' || pair === null) return undefined;
  const fields = new Map(Object.entries(pair).map(([name, value]) => [name.toLowerCase(), value as unknown]));
  const key = fields.get('key');
  return typeof key === 'string' ? [key, fields.get('value')] : undefined;
}

function fromEntries(entries: readonly (readonly [string, unknown])[]): Tags {
  const tags: Record<string, string> = {};
  for (const [key, value] of entries) {
    const name = key.trim();
    const text = toText(value);
    if (name !== '' && text !== '') tags[name] = text;
  }
  return tags;
}

/** FOCUS writes `true` for a tag without a value; an empty text is a tag that nobody filled in, and says nothing. */
function toText(value: unknown): string {
  if (value === null || value === undefined || value === true) return 'true';
  return typeof value === 'object' ? JSON.stringify(value) : String(value).trim();
}

function fromPrintedMap(text: string): Tags {
  const inner = text.slice(1, -1);
  if (inner.trim() === '') return {};
  const entries = inner.split(/,\s*(?=[^,=]+=)/).map((pair) => {
    const [key = '', ...value] = pair.split('=');
    return [key, value.join('=')] as const;
  });
  return fromEntries(entries);
}
