import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordLine } from './record-line.ts';

/**
 * Appends lines to the record of a run, each in one write. What was handed over is on its way to the file at once, so that a meter
 * that is killed leaves it; a write that fails ends the record, and is remembered rather than thrown.
 */
export class RecordWriter {
  path: string | null = null;
  problem: string | null = null;
  #file: FileHandle | null = null;
  #last: Promise<void>;

  /** @param folders tried in turn; the first that can be written in is taken */
  constructor(folders: readonly string[], name: string) {
    this.#last = this.#open(folders, name);
  }

  write(line: RecordLine): void {
    this.#last = this.#last.then(() => this.#append(`${JSON.stringify(line)}\n`));
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file?.close().catch(() => {});
    this.#file = null;
  }

  async #open(folders: readonly string[], name: string): Promise<void> {
    for (const folder of folders) {
      try {
        await mkdir(folder, { recursive: true });
        const path = join(folder, name);
        // Command lines stand in it: for this user alone.
        this.#file = await open(path, 'ax', 0o600);
        this.path = path;
        return;
      } catch (error) {
        this.problem ??= `no record can be written in ${folder} (${(error as Error).message})`;
      }
    }
  }

  async #append(text: string): Promise<void> {
    try {
      await this.#file?.appendFile(text);
    } catch (error) {
      this.problem = `the record ${this.path} ends early (${(error as Error).message})`;
      await this.#file?.close().catch(() => {});
      this.#file = null;
    }
  }
}
