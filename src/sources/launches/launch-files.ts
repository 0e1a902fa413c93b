import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputFailure } from '../../ports/failures.ts';
import type { LaunchFile, LaunchFiles } from '../../ports/launch-source.ts';
import type { Reject } from '../../ports/source.ts';
import { openBase } from './git-base.ts';

/** What may hold a launch, in folders. */
const EXTENSIONS = /\.(ya?ml|json|sh|bash|sbatch|slurm|job)$/i;
const NOT_SEARCHED = /^(node_modules|vendor|\..*)$/;

type Found = Readonly<{ path: string; isNamed: boolean }>;

/** Files below a directory of the user, and as they were in git. `-` is the standard input. */
export function createLaunchFiles(directory: string, readInput: () => Promise<string>): LaunchFiles {
  return {
    async open(paths) {
      const found = (await Promise.all(paths.map((path) => list(path, directory)))).flat();
      const unreadable: Reject[] = [];
      const files = await Promise.all(
        unique(found).map(async ({ path, isNamed }): Promise<LaunchFile[]> => {
          try {
            const text = path === '-' ? await readInput() : await readFile(resolve(directory, path), 'utf8');
            return [{ path: path === '-' ? 'stdin' : path, text, isNamed }];
          } catch (thrown) {
            const message = `it cannot be read: ${(thrown as Error).message}; check who may read it`;
            unreadable.push({ where: path, code: 'not-readable', message });
            return [];
          }
        }),
      );
      return { files: files.flat(), unreadable };
    },
    openBase: (paths, reference) =>
      openBase(
        paths.filter((path) => path !== '-'),
        reference,
        directory,
        (path) => EXTENSIONS.test(path),
      ),
  };
}

/** @throws InputFailure for a path that is not there */
async function list(path: string, directory: string): Promise<readonly Found[]> {
  if (path === '-') return [{ path, isNamed: true }];
  const found = await stat(resolve(directory, path)).catch((cause: unknown) => {
    throw new InputFailure('file-not-readable', `${path}: there is no such file`, 'check the path', cause);
  });
  return found.isDirectory() ? listFolder(path, directory) : [{ path, isNamed: true }];
}

async function listFolder(folder: string, directory: string): Promise<readonly Found[]> {
  const entries = await readdir(resolve(directory, folder), { withFileTypes: true });
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(
    sorted.map((entry): Promise<readonly Found[]> | readonly Found[] => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return NOT_SEARCHED.test(entry.name) ? [] : listFolder(path, directory);
      return entry.isFile() && EXTENSIONS.test(entry.name) ? [{ path, isNamed: false }] : [];
    }),
  );
  return found.flat();
}

function unique(found: readonly Found[]): readonly Found[] {
  const byPath = new Map<string, Found>();
  for (const one of found) if (!byPath.get(one.path)?.isNamed) byPath.set(one.path, one);
  return [...byPath.values()];
}
