import { appendFile, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Lines of JSON in a file that does not grow without end. */
export type BoundedJournal<T> = Readonly<{
  /** Never waits and never throws; what a slow or full disk does not take is dropped, and counted. */
  add(entry: T): void;
  dropped(): number;
  /** Oldest first; lines that are no JSON, as of a process that was killed, are left out. */
  read(): Promise<readonly T[]>;
  close(): Promise<void>;
}>;

export type JournalLimits = Readonly<{ bytes: number; waiting: number }>;

/** Two files of so many bytes at most: the current one, and the one before it. */
export const DEFAULT_JOURNAL_LIMITS: JournalLimits = { bytes: 2_000_000, waiting: 2_000 };

export function openBoundedJournal<T>(path: string, limits = DEFAULT_JOURNAL_LIMITS): BoundedJournal<T> {
  const earlier = `${path}.1`;
  let waiting: T[] = [];
  let dropped = 0;
  let writing: Promise<void> | null = null;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await append(batch);
      } catch {
        dropped += batch.length;
      }
    }
    writing = null;
  }

  async function append(batch: readonly T[]): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    if ((await sizeOf(path)) >= limits.bytes) await rename(path, earlier);
    await appendFile(path, batch.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
  }

  return {
    add(entry) {
      if (waiting.length >= limits.waiting) dropped += 1;
      else waiting.push(entry);
      writing ??= writeAll();
    },
    dropped: () => dropped,
    read: async () => [...(await readLines<T>(earlier)), ...(await readLines<T>(path))],
    async close() {
      await writing;
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function readLines<T>(path: string): Promise<T[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}
