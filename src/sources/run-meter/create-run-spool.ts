import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PendingRun, RunSpool } from '../../ports/run-meter.ts';
import { isAlive } from './meter-process.ts';
import { parseRecordLine } from './record-line.ts';

export const RECORD_SUFFIX = '.jsonl';
/** More than the first line of a record, with its command and its tags. */
const HEAD_BYTES = 256 * 1024;

/** The records in a folder. Their names begin with the time at which the run started. */
export function createRunSpool(folder: string): RunSpool {
  return {
    async pending() {
      const names = await readdir(folder).catch(() => []);
      const paths = names
        .filter((name) => name.endsWith(RECORD_SUFFIX))
        .sort()
        .map((name) => join(folder, name));
      const found = await Promise.all(paths.map(pendingRun));
      return found.filter((run) => run !== null);
    },
    remove: (path) => rm(path, { force: true }),
  };
}

/** `null` for a file that has no start yet. */
async function pendingRun(path: string): Promise<PendingRun | null> {
  const head = await headOf(path).catch(() => '');
  const start = parseRecordLine(head.slice(0, Math.max(0, head.indexOf('\n'))));
  if (start.kind === 'problem' || start.line.kind !== 'start') return null;
  return { path, isRunning: await isAlive(start.line.meter) };
}

async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
