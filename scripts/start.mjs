#!/usr/bin/env node
// From a fresh clone to the demo: installs and builds what is missing or older than its sources, then runs `tare demo`.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled, runOrExit } from './ensure-installed.mjs';

const SOURCES = [
  'src',
  'web/src',
  'web/index.html',
  'web/vite.config.ts',
  'catalog',
  'tsdown.config.ts',
  'package.json',
];
const BUILT = ['dist/cli.js', 'dist/web/index.html'];

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
ensureInstalled();
if (!isBuilt()) {
  console.error('building: npm run build');
  runOrExit('npm', ['run', 'build', '--silent'], { stdio: ['ignore', 2, 2] });
}
process.argv = [process.execPath, 'tare', 'demo', ...process.argv.slice(2)];
await import(pathToFileURL('dist/cli.js').href);

function isBuilt() {
  if (!BUILT.every((path) => existsSync(path))) return false;
  const oldest = Math.min(...BUILT.map((path) => statSync(path).mtimeMs));
  return SOURCES.filter((path) => existsSync(path)).every((path) => newest(path) <= oldest);
}

function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
