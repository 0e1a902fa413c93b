import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableFileError } from './unreadable-file-error.ts';

/**
 * The files that paths stand for, sorted and each once: a file is itself, a folder is the files below it with one of the
 * extensions (`csv` also stands for `csv.gz`), `*` and `?` match within one name.
 * @throws UnreadableFileError for a path that stands for nothing
 */
export async function listReadableFiles(
  paths: readonly string[],
  extensions: readonly string[],
): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const matches = await expandPattern(path);
    const files = (await Promise.all(matches.map((match) => expandFolder(match, extensions)))).flat();
    if (files.length === 0) throw nothingFound(path, extensions);
    for (const file of files) found.add(file);
  }
  return [...found].sort();
}

/** A name that exists is taken as it is, even when it holds a star. */
async function expandPattern(path: string): Promise<string[]> {
  if (!/[*?]/.test(path) || (await exists(path))) return [path];
  const [first = '', ...rest] = path.split('/');
  let matches = [first === '' ? '/' : ''];
  for (const segment of first === '' ? rest : [first, ...rest]) {
    matches = (await Promise.all(matches.map((folder) => expandSegment(folder, segment)))).flat();
  }
  return matches;
}

async function expandSegment(folder: string, segment: string): Promise<string[]> {
  if (!/[*?]/.test(segment)) {
    const path = join(folder, segment);
    return (await exists(path)) ? [path] : [];
  }
  const pattern = asPattern(segment);
  const names = await readdir(folder === '' ? '.' : folder).catch(() => []);
  return names
    .filter((name) => pattern.test(name) && (!name.startsWith('.') || segment.startsWith('.')))
    .map((name) => join(folder, name));
}

function asPattern(segment: string): RegExp {
  const literal = segment.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

async function expandFolder(path: string, extensions: readonly string[]): Promise<string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new UnreadableFileError('no-such-file', `${path}: there is no such file. Check the path.`, error);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const visible = entries.filter((entry) => !entry.name.startsWith('.'));
  const below = await Promise.all(
    visible.map((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return expandFolder(child, extensions);
      return entry.isFile() && hasExtension(entry.name, extensions) ? [child] : [];
    }),
  );
  return below.flat();
}

function hasExtension(name: string, extensions: readonly string[]): boolean {
  const plain = name.toLowerCase().replace(/\.gz$/, '');
  return extensions.some((extension) => plain.endsWith(`.${extension.toLowerCase().replace(/^\./, '')}`));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function nothingFound(path: string, extensions: readonly string[]): UnreadableFileError {
  return new UnreadableFileError(
    'no-match',
    `${path}: no file to read there. Looked for ${extensions.map((name) => `.${name.replace(/^\./, '')}`).join(', ')}, also with .gz.`,
  );
}
