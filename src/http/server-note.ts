import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Where the server of a store is found. A file store is owned by one process; the note beside the file lets the other commands of
 * the same user talk to it. It holds a token, so only that user may read it.
 */
export type ServerNote = Readonly<{
  url: string;
  pid: number;
  /** Proves to the server that the caller can read this file. */
  token: string;
}>;

export const DEMO_PREFIX = 'tare-demo-';

/** The file of a `duckdb:PATH` store; `null` for stores that are no file. */
export function storeFile(storeUrl: string, directory: string): string | null {
  const [, path] = /^duckdb:([^?]+)/.exec(storeUrl) ?? [];
  return path === undefined || path === ':memory:' ? null : resolve(directory, path);
}

export function newToken(): string {
  return randomBytes(32).toString('hex');
}

/** Writes the note; the returned function removes it, if it is still this process's. */
export function writeServerNote(file: string, note: ServerNote): () => void {
  const path = notePath(file);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, JSON.stringify(note), { mode: 0o600, flag: 'wx' });
  return () => {
    if (parseNote(path)?.token === note.token) rmSync(path, { force: true });
  };
}

/** The note of a server that runs; one left behind by a process that is gone counts as none. */
export function readServerNote(file: string): ServerNote | undefined {
  const note = parseNote(notePath(file));
  return note && isAlive(note.pid) && note.pid !== process.pid ? note : undefined;
}

/** The server of a running `tare demo` of this user, newest first. */
export function findDemoNote(): ServerNote | undefined {
  return demoFolders()
    .map((folder) => readServerNote(demoStoreFile(folder)))
    .find((note) => note !== undefined);
}

export function demoStoreFile(folder: string): string {
  return join(folder, 'tare.duckdb');
}

const OWNER_FILE = 'process';

/** Says whose demo a folder is, before its server runs. */
export function writeDemoOwner(folder: string): void {
  writeFileSync(join(folder, OWNER_FILE), String(process.pid));
}

/** A demo that was killed could not delete itself; the next one does. */
export function removeAbandonedDemos(): void {
  for (const folder of demoFolders()) {
    const owner = join(folder, OWNER_FILE);
    if (existsSync(owner) && !isAlive(Number(readFileSync(owner, 'utf8'))))
      rmSync(folder, { recursive: true, force: true });
  }
}

/** Newest first. Another user could put a note into the shared folder, so only this user's are taken. */
function demoFolders(): string[] {
  return readdirSync(tmpdir(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(DEMO_PREFIX))
    .map((entry) => join(tmpdir(), entry.name))
    .filter((folder) => process.getuid === undefined || statSync(folder).uid === process.getuid())
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
}

function notePath(file: string): string {
  return `${file}.server.json`;
}

function parseNote(path: string): ServerNote | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { url, pid, token } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ServerNote>;
    const isWhole = typeof url === 'string' && typeof pid === 'number' && typeof token === 'string';
    return isWhole ? { url, pid, token } : undefined;
  } catch {
    // Half written, or not ours to read: then there is no server that we could talk to.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
