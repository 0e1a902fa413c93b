import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** What has to be remembered from one part of the journal to the next. */
export type SeriesState = Readonly<{
  /** The part that it is up to date with: it is in the store. */
  landed: string | null;
  /** By replica and series, where it stood. */
  series: Readonly<Record<string, SeriesValue>>;
  /** Services whose calls come as spans. */
  callers: readonly string[];
  /** Endpoint → which side counts its calls. */
  sides: Readonly<Record<string, 'client' | 'server'>>;
}>;

export type SeriesValue = Readonly<{
  startMs: number;
  atMs: number;
  count: number;
  sum: number;
  bucketCounts: readonly number[];
}>;

export const EMPTY_STATE: SeriesState = { landed: null, series: {}, callers: [], sides: {} };

const FILE = 'series.json';

export async function readState(folder: string): Promise<SeriesState> {
  try {
    return { ...EMPTY_STATE, ...(JSON.parse(await readFile(join(folder, FILE), 'utf8')) as SeriesState) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_STATE;
    throw error;
  }
}

/** Whole or not at all. */
export async function writeState(folder: string, state: SeriesState): Promise<void> {
  const path = join(folder, `${FILE}.new`);
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(state));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(path, join(folder, FILE));
}
