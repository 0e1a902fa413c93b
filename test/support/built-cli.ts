import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export type BuiltCli = Readonly<{ entry: string; remove(): void }>;

/**
 * The command as it ships, in a folder of its own. Where signals go to a whole group, the compiler that would run beside the sources
 * must not be in that group.
 */
export function buildCli(): BuiltCli {
  const folder = mkdtempSync(join(tmpdir(), 'tare-built-'));
  const bundler = join(ROOT, 'node_modules/tsdown/dist/run.mjs');
  const built = spawnSync(process.execPath, [bundler, '--out-dir', join(folder, 'dist'), '--no-clean'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`the command was not built: ${built.stdout}${built.stderr}`);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    entry: join(folder, 'dist', 'cli.js'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
