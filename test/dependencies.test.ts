import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';

type Manifest = Readonly<{
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}>;

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const RECORD = 'docs/decisions/2026-11-24-dependencies.md';
/** Package → what its line says about why it is here. */
const RECORDED = new Map(
  [...read(RECORD).matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]+ \|$/gm)].map(([, name, why]) => [name!, why!]),
);

const PACKAGES = ['package.json', 'web/package.json'].flatMap((file) => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(read(file)) as Manifest;
  return Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies }).map(
    ([name, version]) => ({ file, name, version }),
  );
});

describe('dependencies', () => {
  it('are found', () => {
    expect(PACKAGES.length).toBeGreaterThan(20);
  });

  test.each(PACKAGES)('$name is pinned exactly and has a reason', ({ name, version }) => {
    expect(version, `pin ${name} to one version`).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    expect(RECORDED.get(name), `say in ${RECORD} why ${name} is needed, in a line of a table`).toBeTruthy();
  });

  it('have no line in the record once they are gone', () => {
    const names = new Set(PACKAGES.map(({ name }) => name));
    expect([...RECORDED.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});
