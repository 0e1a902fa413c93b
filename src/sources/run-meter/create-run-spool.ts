import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PendingRun, RunSpool } from '../../ports/run-meter.ts';
import { isAlive } from './meter-process.ts';
import { parseRecordLine } from './record-line.ts';

export const RECORD_SUFFIX = '.jsonl';

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
  const text = await readFile(path, 'utf8').catch(() => '');
  const start = parseRecordLine(text.slice(0, Math.max(0, text.indexOf('\n'))));
  if (start.kind === 'problem' || start.line.kind !== 'start') return null;
  const last = parseRecordLine(text.slice(text.lastIndexOf('\n', text.length - 2) + 1));
  const hasEnded = last.kind === 'line' && last.line.kind === 'end';
  return { path, isRunning: !hasEnded && (await isAlive(start.line.meter)) };
}
