import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const REPOSITORY = resolve(import.meta.dirname, '../..');
export const DASHBOARD = join(REPOSITORY, 'dist/web');

/** Builds the dashboard into `dist/web` when it is missing or older than its sources. */
export function ensureDashboardBuilt(): void {
  if (isCurrent()) return;
  const vite = join(REPOSITORY, 'node_modules/vite/bin/vite.js');
  const run = spawnSync(process.execPath, [vite, 'build'], {
    cwd: join(REPOSITORY, 'web'),
    encoding: 'utf8',
    // The test runner sets `test`, with which React would be built for development.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (run.status !== 0) throw new Error(`the dashboard does not build:\n${run.stdout}\n${run.stderr}`);
}

function isCurrent(): boolean {
  const built = join(DASHBOARD, 'index.html');
  if (!existsSync(built)) return false;
  const sources = readdirSync(join(REPOSITORY, 'web'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(...sources) < statSync(built).mtimeMs;
}
