import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * When the files or folders that the patterns name were changed last, in whole milliseconds. `*` and `?` match within one name, `**`
 * any number of folders; names that begin with a dot are matched only by a pattern that does too.
 */
export async function findCheckpoints(patterns: readonly string[], directory: string): Promise<number[]> {
  const found = await Promise.all(patterns.map((pattern) => matchesOf(pattern, directory)));
  const paths = [...new Set(found.flat())];
  const changed = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mtimeMs }) => Math.floor(mtimeMs),
        () => null,
      ),
    ),
  );
  return changed.filter((atMs) => atMs !== null).sort((a, b) => a - b);
}

async function matchesOf(pattern: string, directory: string): Promise<string[]> {
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
  let folders = [pattern.startsWith('/') ? '/' : directory];
  for (const segment of segments) {
    const next = await Promise.all(folders.map((folder) => step(folder, segment)));
    folders = [...new Set(next.flat())];
  }
  return segments.length === 0 ? [] : folders;
}

async function step(folder: string, segment: string): Promise<string[]> {
  if (segment === '**') return [folder, ...(await foldersBelow(folder))];
  if (!/[*?]/.test(segment)) return [join(folder, segment)];
  const name = asPattern(segment);
  return (await entriesOf(folder))
    .filter((entry) => name.test(entry.name) && (!entry.name.startsWith('.') || segment.startsWith('.')))
    .map((entry) => join(folder, entry.name));
}

async function foldersBelow(folder: string): Promise<string[]> {
  const folders = (await entriesOf(folder))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name));
  const deeper = await Promise.all(folders.map(foldersBelow));
  return [...folders, ...deeper.flat()];
}

async function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

function asPattern(segment: string): RegExp {
  const literal = segment.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
