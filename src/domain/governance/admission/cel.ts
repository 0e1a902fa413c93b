/** Pieces of CEL, the language in which Kubernetes judges objects. JSON's texts are texts of CEL, too. */

export function celText(text: string): string {
  return JSON.stringify(text);
}

export function celList(texts: readonly string[]): string {
  return `[${texts.map(celText).join(', ')}]`;
}

/** A lookup: a condition under which it finds something, and what it finds then. */
export type CelLookup = readonly [condition: string, value: string];

/** The first of several lookups that finds something. */
export function celFirst(lookups: readonly CelLookup[], otherwise: string): string {
  return lookups.reduceRight((rest, [condition, value]) => `(${condition} ? ${value} : ${rest})`, otherwise);
}

/** Whether one of the lookups finds something. */
export function celAny(lookups: readonly CelLookup[]): string {
  return lookups.length === 0 ? 'false' : `(${lookups.map(([condition]) => condition).join(' || ')})`;
}

/** `map[key]`, where it is there. */
export function celEntry(map: string, key: string): CelLookup {
  return [`${celText(key)} in ${map}`, `${map}[${celText(key)}]`];
}

/** The same without regard to the case of the key. Where the key has a `_`, labels may have any other sign there, as some exporters spell them. */
export function celEntryOf(map: string, key: string, isFlat: boolean): CelLookup {
  const wanted = key.toLowerCase();
  const isIt =
    isFlat && wanted.includes('_')
      ? `k.lowerAscii().matches(${celText(`^${escaped(wanted).replaceAll('_', '[^a-z0-9]')}$`)})`
      : `k.lowerAscii() == ${celText(wanted)}`;
  const found = `${isIt} && ${map}[k] != ''`;
  return [`${map}.exists(k, ${found})`, `${map}[${map}.filter(k, ${found})[0]]`];
}

/** An object or an empty map, so that later lookups need not ask. */
export function celMapOrEmpty(path: string): string {
  return `has(${path}) ? ${path} : {}`;
}

/** `*` stands for any characters; RE2, as CEL has it. */
export function celGlob(pattern: string): string {
  return `^${pattern.toLowerCase().split('*').map(escaped).join('.*')}$`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
