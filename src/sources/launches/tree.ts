import type { Manifest, Path } from './manifest.ts';

/**
 * A place in a document, from which to go on. Whatever is not there, or is of another kind than asked for, is `null` or empty: manifests
 * are checked by their own tools, and here only read.
 */
export class Tree {
  readonly #manifest: Manifest;
  readonly path: Path;
  readonly value: unknown;

  private constructor(manifest: Manifest, path: Path, value: unknown) {
    this.#manifest = manifest;
    this.path = path;
    this.value = value;
  }

  static of(manifest: Manifest): Tree {
    return new Tree(manifest, [], manifest.value);
  }

  at(...steps: Path): Tree {
    let value = this.value;
    for (const step of steps) value = own(value, step);
    return new Tree(this.#manifest, [...this.path, ...steps], value);
  }

  get line(): number {
    return this.#manifest.line(this.path);
  }

  get isThere(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  text(): string | null {
    if (typeof this.value === 'string') return this.value === '' ? null : this.value;
    return typeof this.value === 'number' || typeof this.value === 'boolean' ? String(this.value) : null;
  }

  /** Also from a text, as quantities may be written. */
  number(): number | null {
    if (typeof this.value === 'number') return Number.isFinite(this.value) ? this.value : null;
    return typeof this.value === 'string' && /^\d+(\.\d+)?$/.test(this.value) ? Number(this.value) : null;
  }

  /** A number that counts something; 0 and more. */
  count(): number | null {
    const value = this.number();
    return value === null || value < 0 ? null : value;
  }

  items(): readonly Tree[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.at(index)) : [];
  }

  entries(): readonly (readonly [string, Tree])[] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return [];
    return Object.keys(this.value).map((name) => [name, this.at(name)]);
  }

  /** Entries that are texts, numbers or truth values, as texts. */
  texts(): Readonly<Record<string, string>> {
    const pairs = this.entries().map(([name, tree]) => [name, tree.text()] as const);
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== null));
  }
}

function own(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string | number, unknown>)[step];
}
