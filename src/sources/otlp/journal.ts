import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';

/** A part of the journal that nothing is added to any more. */
export type Segment = Readonly<{ name: string; openedMs: EpochMs; bytes: number }>;

const OPEN = '.open';
const SEALED = '.journal';
const SEGMENT_BYTES = 16 * 1024 * 1024;

/**
 * Texts, one a line, that are on disk before `append` returns. Whoever imports a sealed segment removes it.
 *
 * Each line begins with a digest of itself, so that a line that a crash cut off is known for what it is: it was never acknowledged.
 * Appends that come while the disk is busy are written and synced together. Text holds no line break.
 */
export class Journal {
  readonly #folder: string;
  readonly #clock: Clock;
  #current: { handle: FileHandle; name: string; openedMs: EpochMs; bytes: number } | null = null;
  #waiting: { line: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #work: Promise<void> = Promise.resolve();
  #isFlushing = false;
  #lastOpenedMs = 0;
  /** Of everything that has not been removed. */
  bytes = 0;

  private constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Opens the folder for writing. What an earlier process left open is sealed: it wrote no more. */
  static async open(folder: string, clock: Clock): Promise<Journal> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const file of await readdir(folder)) {
      if (file.endsWith(OPEN)) await rename(join(folder, file), join(folder, file.replace(OPEN, SEALED)));
    }
    const journal = new Journal(folder, clock);
    const left = await sealedSegments(folder);
    journal.bytes = left.reduce((sum, { bytes }) => sum + bytes, 0);
    journal.#lastOpenedMs = left.at(-1)?.openedMs ?? 0;
    return journal;
  }

  /** Resolves when the text is on disk; rejects when it could not be written, and then it may or may not be read later. */
  append(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: `${digestOf(text)} ${text}\n`, resolve, reject });
      if (this.#isFlushing) return;
      this.#isFlushing = true;
      this.#enqueue(() => this.#flush());
    });
  }

  /** Seals what was begun at least so long ago. */
  seal(minimumAgeMs: number): Promise<void> {
    return this.#enqueue(async () => {
      const { openedMs } = this.#current ?? { openedMs: Number.POSITIVE_INFINITY };
      if (this.#clock.nowMs() - openedMs >= minimumAgeMs) await this.#seal();
    });
  }

  async remove({ name, bytes }: Segment): Promise<void> {
    await rm(join(this.#folder, `${name}${SEALED}`), { force: true });
    this.bytes = Math.max(0, this.bytes - bytes);
  }

  async close(): Promise<void> {
    await this.#enqueue(() => this.#seal());
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(work);
    this.#work = turn.catch(() => {});
    return turn;
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch.map(({ line }) => line).join(''));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        await this.#abandon();
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isFlushing = false;
  }

  async #write(text: string): Promise<void> {
    this.#current ??= await this.#begin();
    const { handle } = this.#current;
    const bytes = Buffer.from(text);
    await handle.appendFile(bytes);
    await handle.datasync();
    this.#current.bytes += bytes.length;
    this.bytes += bytes.length;
    if (this.#current.bytes >= SEGMENT_BYTES) await this.#seal();
  }

  async #begin() {
    const openedMs = Math.max(this.#clock.nowMs(), this.#lastOpenedMs + 1);
    this.#lastOpenedMs = openedMs;
    const name = new Date(openedMs).toISOString().replace(/[-:.]/g, '');
    const handle = await open(join(this.#folder, `${name}${OPEN}`), 'a', 0o600);
    await syncFolder(this.#folder);
    return { handle, name, openedMs, bytes: 0 };
  }

  async #seal(): Promise<void> {
    const current = this.#current;
    if (!current) return;
    this.#current = null;
    await current.handle.close();
    await rename(
      join(this.#folder, `${current.name}${OPEN}`),
      join(this.#folder, `${current.name}${SEALED}`),
    );
  }

  /** After a failed write the end of the file is not known; what follows goes into another one. */
  async #abandon(): Promise<void> {
    try {
      await this.#seal();
    } catch {
      this.#current = null;
    }
  }
}

/** Oldest first. Needs no open journal: another process may have written it. */
export async function sealedSegments(folder: string): Promise<Segment[]> {
  const files = await readdir(folder).catch(() => []);
  const segments: Segment[] = [];
  for (const file of files.filter((name) => name.endsWith(SEALED)).toSorted()) {
    const name = file.slice(0, -SEALED.length);
    const openedMs = Date.parse(
      name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z'),
    );
    if (!Number.isNaN(openedMs))
      segments.push({ name, openedMs, bytes: (await stat(join(folder, file))).size });
  }
  return segments;
}

/** The texts of a sealed segment, and how many lines were not whole. */
export async function readSegment(
  folder: string,
  name: string,
): Promise<Readonly<{ texts: string[]; damaged: number }>> {
  const content = await readFile(join(folder, `${name}${SEALED}`), 'utf8');
  const lines = content.split('\n');
  const texts: string[] = [];
  let damaged = 0;
  for (const line of lines) {
    if (line === '') continue;
    const [digest, text] = [line.slice(0, DIGEST_CHARS), line.slice(DIGEST_CHARS + 1)];
    if (digestOf(text) === digest) texts.push(text);
    else damaged += 1;
  }
  return { texts, damaged };
}

const DIGEST_CHARS = 16;

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_CHARS);
}

/** A new file is only sure to be found again when its folder is on disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems cannot; the file itself is synced all the same.
    if (
      (error as NodeJS.ErrnoException).code !== 'EPERM' &&
      (error as NodeJS.ErrnoException).code !== 'EINVAL'
    )
      throw error;
  } finally {
    await handle.close();
  }
}
