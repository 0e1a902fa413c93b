import { spawn } from 'node:child_process';
import { isAbsolute, join, relative } from 'node:path';
import { InputFailure } from '../../ports/failures.ts';
import type { LaunchFile } from '../../ports/launch-source.ts';

/**
 * Files as they were at the commit where the current branch left `reference`; so what others have added there since is no change of
 * this branch. Files that are gone now are among them.
 * @throws InputFailure where there is no repository, or git does not know the reference
 */
export async function openBase(
  paths: readonly string[],
  reference: string,
  directory: string,
  isWanted: (path: string) => boolean,
): Promise<Readonly<{ commit: string; files: readonly LaunchFile[] }>> {
  if (reference.startsWith('-')) throw unknownReference(reference, 'it starts with a dash');
  const tip = await git(['rev-parse', '--verify', '--quiet', `${reference}^{commit}`], directory).catch(
    (cause) => {
      throw unknownReference(reference, cause);
    },
  );
  const commit = (await git(['merge-base', tip.trim(), 'HEAD'], directory).catch(() => tip)).trim();
  const files = (await Promise.all(paths.map((path) => listAt(commit, path, directory)))).flat();
  const wanted = files.filter(({ path, isNamed }) => isNamed || isWanted(path));
  const texts = await readAll(
    commit,
    wanted.map(({ gitPath }) => gitPath),
    directory,
  );
  return {
    commit,
    files: wanted.flatMap(({ path }, index) => {
      const text = texts[index];
      // A file that was no manifest then is nothing to compare with, and nothing to refuse.
      return text === undefined ? [] : [{ path, text, isNamed: false }];
    }),
  };
}

type Listed = Readonly<{ path: string; gitPath: string; isNamed: boolean }>;

/** Git names files relative to the directory that it is called in; users may have named the folder in another way. */
async function listAt(commit: string, path: string, directory: string): Promise<readonly Listed[]> {
  const own = isAbsolute(path) ? relative(directory, path) || '.' : path;
  const listed = await git(['ls-tree', '-r', '-z', '--name-only', commit, '--', own], directory);
  return listed
    .split('\0')
    .filter((name) => name !== '')
    .map((name) => ({
      path: own === path ? name : join(path, relative(own, name)),
      gitPath: name,
      isNamed: name === own,
    }));
}

/** One process for all files: 200 of them would take seconds otherwise. */
async function readAll(
  commit: string,
  gitPaths: readonly string[],
  directory: string,
): Promise<readonly (string | undefined)[]> {
  if (gitPaths.length === 0) return [];
  const asked = gitPaths.map((path) => `${commit}:./${path}\n`).join('');
  const answer = await run(['cat-file', '--batch'], directory, asked);
  const texts: (string | undefined)[] = [];
  let at = 0;
  for (let index = 0; index < gitPaths.length; index++) {
    const end = answer.indexOf(0x0a, at);
    const header = answer.subarray(at, end).toString('utf8');
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    at = end + 1;
    if (size === undefined) {
      texts.push(undefined);
      continue;
    }
    texts.push(answer.subarray(at, at + Number(size)).toString('utf8'));
    at += Number(size) + 1;
  }
  return texts;
}

async function git(words: readonly string[], directory: string): Promise<string> {
  return (await run(words, directory)).toString('utf8');
}

function run(words: readonly string[], directory: string, input = ''): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', words, { cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.stdin.on('error', () => {}); // it has ended already, and says why by its exit code
    child.on('error', (cause) =>
      reject(
        new InputFailure(
          'file-not-readable',
          'git cannot be started',
          'install git, or leave --base out',
          cause,
        ),
      ),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(output));
      const message = Buffer.concat(errors).toString('utf8').trim();
      reject(
        new InputFailure(
          'file-not-readable',
          `git ${words[0]}: ${message || `exit code ${code}`}`,
          'run it inside of the repository, with paths below it',
        ),
      );
    });
    child.stdin.end(input);
  });
}

function unknownReference(reference: string, cause: unknown): InputFailure {
  const why = cause instanceof InputFailure && !/exit code/.test(cause.message) ? ` (${cause.message})` : '';
  return new InputFailure(
    'file-not-readable',
    `git knows no commit "${reference}"${why}`,
    'fetch it first (git fetch origin main), or name another one with --base',
    cause,
  );
}
