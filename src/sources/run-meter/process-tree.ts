import { readdir, readFile, readlink } from 'node:fs/promises';

/** Marks every process that a metered command starts, also those whose parents have ended. */
export const RUN_ID_VARIABLE = 'TARE_RUN_ID';

export type ProcessTree = Readonly<{
  /** Those of the processes that belong to the command; processes that are gone or cannot be read do not. */
  ownOf(pids: readonly number[]): Promise<ReadonlySet<number>>;
  /** Those that belong to it and still run. */
  survivors(): Promise<readonly number[]>;
  /** Numbers of the `/dev/nvidia<N>` that processes of the command have open to compute on. */
  openGpus(): Promise<ReadonlySet<number>>;
}>;

/** Chains of parents are short; this ends a circle that a reused process number could make. */
const MAX_GENERATIONS = 64;

/**
 * Tells the processes of a command from all others on Linux: those that descend from it, and those that carry its mark in their
 * environment, because a parent that has ended hands its children to another. Once known, a process stays known.
 *
 * Elsewhere there is no `/proc`, and nothing is known.
 */
export function followProcesses(rootPid: number, runId: string, procFolder = '/proc'): ProcessTree {
  const mark = `${RUN_ID_VARIABLE}=${runId}`;
  /** Process → when it started, in ticks since boot, so that a reused number is not taken for it. */
  const known = new Map<number, string>();

  async function isOwn(pid: number): Promise<boolean> {
    const status = await statusOf(procFolder, pid);
    if (status === null) return false;
    if (known.get(pid) === status.started) return true;
    const owned = (await carriesMark(pid)) || (await descends(pid));
    if (owned) known.set(pid, status.started);
    return owned;
  }

  async function carriesMark(pid: number): Promise<boolean> {
    // Of another user's processes the environment cannot be read.
    const environment = await readFile(`${procFolder}/${pid}/environ`, 'latin1').catch(() => '');
    return environment.split('\0').includes(mark);
  }

  async function descends(pid: number): Promise<boolean> {
    let at = pid;
    for (let generation = 0; generation < MAX_GENERATIONS; generation += 1) {
      if (at === rootPid) return true;
      const status = await statusOf(procFolder, at);
      if (status === null || status.parent <= 1) return false;
      if (known.has(status.parent)) return true;
      at = status.parent;
    }
    return false;
  }

  async function ownOf(pids: readonly number[]): Promise<ReadonlySet<number>> {
    const own = await Promise.all(pids.map(isOwn));
    return new Set(pids.filter((_, place) => own[place]));
  }

  async function everyOwn(): Promise<readonly number[]> {
    const names = await readdir(procFolder).catch(() => []);
    return [...(await ownOf(names.filter((name) => /^\d+$/.test(name)).map(Number)))];
  }

  return {
    ownOf,
    survivors: async () => [...(await ownOf([...known.keys()]))],
    async openGpus() {
      const open = await Promise.all((await everyOwn()).map((pid) => openDevices(procFolder, pid)));
      return new Set(open.flat());
    },
  };
}

type Status = Readonly<{ parent: number; started: string }>;

/** `null` when there is no such process, or only what is left of it until its parent asks. */
async function statusOf(procFolder: string, pid: number): Promise<Status | null> {
  const text = await readFile(`${procFolder}/${pid}/stat`, 'latin1').catch(() => '');
  // The second field is the name in parentheses, which may hold blanks and parentheses. See proc(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  const started = fields[19];
  if (state === undefined || started === undefined || state === 'Z' || state === 'X') return null;
  return { parent: Number(parent), started };
}

/** When a process started, which with its number names it for as long as the machine runs. */
export async function startOfProcess(pid: number): Promise<string | null> {
  return (await statusOf('/proc', pid))?.started ?? null;
}

async function openDevices(procFolder: string, pid: number): Promise<number[]> {
  const folder = `${procFolder}/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  // Whoever only asks what the GPUs do opens them too, but never this one.
  if (!targets.includes('/dev/nvidia-uvm')) return [];
  return targets.flatMap((target) => {
    const device = /^\/dev\/nvidia(\d+)$/.exec(target)?.[1];
    return device === undefined ? [] : [Number(device)];
  });
}
