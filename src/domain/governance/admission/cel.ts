/** Pieces of CEL, the language in which Kubernetes judges objects. JSON's texts are texts of CEL, too. */

export function celText(text: string): string {
  return JSON.stringify(text);
}

export function celList(texts: readonly string[]): string {
  return `[${texts.map(celText).join(', ')}]`;
}

/** The first of several lookups that finds something; each is a condition and what it stands for. */
export function celFirst(
  lookups: readonly (readonly [condition: string, value: string])[],
  otherwise: string,
): string {
  return lookups.reduceRight((rest, [condition, value]) => `(${condition} ? ${value} : ${rest})`, otherwise);
}

/** `map[key]`, where it is there. */
export function celEntry(map: string, key: string): readonly [string, string] {
  return [`${celText(key)} in ${map}`, `${map}[${celText(key)}]`];
}

/** An object or an empty map, so that later lookups need not ask. */
export function celMapOrEmpty(path: string): string {
  return `has(${path}) ? ${path} : {}`;
}
