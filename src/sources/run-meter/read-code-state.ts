import { execFile } from 'node:child_process';

/** A repository on a slow disk must not keep the end of a run waiting. */
const TIMEOUT_MS = 2_000;

export type CodeState = Readonly<{ commit: string; isDirty: boolean }>;

/** The commit that a folder is at, and whether tracked files differ from it; `null` where git has no answer. */
export async function readCodeState(directory: string): Promise<CodeState | null> {
  const commit = await git(directory, ['rev-parse', 'HEAD']);
  if (commit === null) return null;
  const changes = await git(directory, ['status', '--porcelain', '--untracked-files=no']);
  // When git cannot tell in time, the tree is not known to be clean.
  return { commit: commit.trim(), isDirty: changes === null || changes.trim() !== '' };
}

function git(directory: string, words: readonly string[]): Promise<string | null> {
  const environment = { ...process.env, GIT_OPTIONAL_LOCKS: '0' };
  return new Promise((resolve) => {
    execFile(
      'git',
      [...words],
      { cwd: directory, timeout: TIMEOUT_MS, env: environment, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout) => resolve(error ? null : stdout),
    );
  });
}
