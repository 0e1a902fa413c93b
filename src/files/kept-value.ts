import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One value in a file, as JSON; who reads sees the one before or the one after, and no half of either. */
export type KeptValue<T> = Readonly<{
  write(value: T): Promise<void>;
  /** `null` where there is none that can be read. */
  read(): Promise<T | null>;
}>;

export function openKeptValue<T>(path: string): KeptValue<T> {
  return {
    async write(value) {
      await mkdir(dirname(path), { recursive: true });
      const fresh = `${path}.${process.pid}`;
      await writeFile(fresh, JSON.stringify(value));
      await rename(fresh, path);
    },
    async read() {
      try {
        return JSON.parse(await readFile(path, 'utf8')) as T;
      } catch {
        return null;
      }
    },
  };
}
