import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type StandInGpu = Readonly<{
  uuid: string;
  busId: string;
  name?: string;
  /** Percent; `[N/A]` under MIG. */
  utilization?: string;
  usedMib?: number;
  watts?: string;
  mig?: 'Enabled' | 'Disabled';
}>;

/** Two cards of one machine. */
export const TWO_H100: readonly StandInGpu[] = [
  { uuid: 'GPU-1f0a', busId: '00000000:18:00.0', utilization: '60 %', usedMib: 40_000, watts: '360.00 W' },
  { uuid: 'GPU-2c7b', busId: '00000000:3B:00.0', utilization: '0 %', usedMib: 4, watts: '70.00 W' },
];

export type StandInSmi = Readonly<{
  /** What the PATH has to begin with. */
  binFolder: string;
  /** A line of shell that puts the process that runs it on a GPU. */
  occupy(gpu: StandInGpu): string;
  /** How often the program was called so far. */
  calls(): number;
}>;

/**
 * No GPU is in the machines that the tests run on, so a script stands for `nvidia-smi`: it answers both questions of a probe in the
 * program's own format, lists the processes that registered themselves for as long as they live, and does nothing else. Everything
 * around it is real.
 */
export function standInSmi(folder: string, gpus: readonly StandInGpu[] = TWO_H100): StandInSmi {
  const binFolder = join(folder, 'bin');
  const [apps, calls, listing] = ['apps', 'calls', 'gpus.csv'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(binFolder, { recursive: true });
  writeFileSync(apps, '');
  writeFileSync(calls, '');
  writeFileSync(listing, listingOf(gpus));
  const script = join(binFolder, 'nvidia-smi');
  writeFileSync(
    script,
    `#!/bin/sh
echo "$1" >> '${calls}'
case "$1" in
--query-gpu=*) cat '${listing}' ;;
--query-compute-apps=*)
  echo 'gpu_uuid, gpu_bus_id, pid'
  while read -r uuid bus pid; do
    grep -qs 'State:.[^Z]' "/proc/$pid/status" && echo "$uuid, $bus, $pid"
  done < '${apps}'
  exit 0 ;;
*) exit 2 ;;
esac
`,
  );
  chmodSync(script, 0o755);
  return {
    binFolder,
    occupy: ({ uuid, busId }) => `echo "${uuid} ${busId} $$" >> '${apps}'`,
    calls: () => readFileSync(calls, 'utf8').split('\n').length - 1,
  };
}

function listingOf(gpus: readonly StandInGpu[]): string {
  const header =
    'index, uuid, pci.bus_id, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw [W], mig.mode.current';
  const lines = gpus.map(
    ({ uuid, busId, name = 'NVIDIA H100 80GB HBM3', utilization, usedMib, watts, mig }, index) =>
      [
        index,
        uuid,
        busId,
        name,
        utilization ?? '[N/A]',
        `${usedMib ?? 0} MiB`,
        '81559 MiB',
        watts ?? '[N/A]',
        mig ?? 'Disabled',
      ].join(', '),
  );
  return `${[header, ...lines].join('\n')}\n`;
}
