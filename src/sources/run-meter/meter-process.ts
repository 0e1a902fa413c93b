import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { startOfProcess } from './process-tree.ts';
import type { Meter } from './record-line.ts';

/** Changes at every start of a Linux machine. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** This process, so that a reader of its record can tell whether it still writes. */
export async function thisMeter(): Promise<Meter> {
  const { pid } = process;
  return { host: hostname(), bootId: await bootId(), pid, started: await startOfProcess(pid) };
}

/** Whether the process that wrote a record still runs. One of another machine cannot be asked, and counts as gone. */
export async function isAlive({ host, bootId: boot, pid, started }: Meter): Promise<boolean> {
  if (host !== hostname() || boot !== (await bootId())) return false;
  if (started !== null) return (await startOfProcess(pid)) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function bootId(): Promise<string | null> {
  return (await readFile(BOOT_ID, 'utf8').catch(() => null))?.trim() ?? null;
}
