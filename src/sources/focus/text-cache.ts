/**
 * Remembers what was worked out for a text: bills repeat their dates, tags and descriptions millions of times.
 *
 * It forgets everything when it is full, so that memory stays flat on a bill in which nothing repeats.
 */
export function cacheByText<Value>(
  compute: (text: string) => Value,
  limit = 10_000,
): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as Value;
    if (known.size >= limit) known.clear();
    const own = ownCopy(text);
    const value = compute(own);
    known.set(own, value);
    return value;
  };
}

/** A cell is a window into a chunk of the file and keeps all of it in memory; a copy does not. */
export function ownCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
