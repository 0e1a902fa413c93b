#!/usr/bin/env node
// Compiles catalog/**/*.yml into the file that ships, src/price-books/bundled/catalog.json. Run it after every change there.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { register } from 'tsx/esm/api';

const OUTPUT = 'src/price-books/bundled/catalog.json';

register();
const { compileCatalog } = await import('../src/price-books/bundled/compile-catalog.ts');

const files = readdirSync('catalog', { recursive: true })
  .map((name) => `catalog/${String(name).replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.yml'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const { catalog, problems } = compileCatalog(files);
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(2);
}

writeFileSync(OUTPUT, `${JSON.stringify(catalog, null, 2)}\n`);
spawnSync('npx', ['--no-install', 'biome', 'format', '--write', OUTPUT], { stdio: 'inherit' });
console.log(
  `${OUTPUT}: ${catalog.gpus.length} GPUs, ${catalog.instances.length} machines, ${catalog.prices.length} prices`,
);
