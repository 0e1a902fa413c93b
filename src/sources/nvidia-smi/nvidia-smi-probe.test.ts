import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { createNvidiaSmiProbe } from './nvidia-smi-probe.ts';

const catalog = createHardwareCatalog();
const NEVER = new AbortController().signal;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-probe-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A script stands for the program, since the machines of the tests have no GPU: it prints what the real one printed for each question. */
function standIn(name: string, answers: Readonly<Record<string, string>>): string {
  const binary = join(folder, name);
  const cases = Object.entries(answers).map(([word, text]) => `${word}*) cat <<'END'\n${text}\nEND\n;;`);
  writeFileSync(
    binary,
    `#!/bin/sh\ncase "$1" in\n${cases.join('\n')}\n*) echo "unknown $1"; exit 6 ;;\nesac\n`,
  );
  chmodSync(binary, 0o755);
  return binary;
}

const HEADER =
  'index, uuid, pci.bus_id, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw [W], mig.mode.current';

describe('whole cards', () => {
  const answers = {
    '--query-gpu=': `${HEADER}
0, GPU-1f0a, 00000000:18:00.0, NVIDIA H100 80GB HBM3, 60 %, 40000 MiB, 81559 MiB, 360.00 W, Disabled
1, GPU-00000000-0000-0000-0000-000000000000, 00000000:3B:00.0, Custom Board, [N/A], 4 MiB, 24564 MiB, [N/A], [N/A]`,
    '--query-compute-apps=': `gpu_uuid, gpu_bus_id, pid
GPU-1f0a, 00000000:18:00.0, 100
GPU-1f0a, 00000000:18:00.0, 101
GPU-00000000-0000-0000-0000-000000000000, 00000000:3B:00.0, 102
GPU-other, 00000000:FF:00.0, 103
GPU-1f0a, 00000000:18:00.0, [N/A]`,
  };

  it('are named as facts name them, and by what the catalogue calls them', async () => {
    const probe = createNvidiaSmiProbe({ binary: standIn('whole', answers), node: 'gpu-07', catalog });
    expect(await probe.look(NEVER)).toEqual([
      {
        deviceId: 'GPU-1f0a',
        uuid: 'GPU-1f0a',
        index: 0,
        isSlice: false,
        gpuModel: 'H100-SXM5-80GB',
        gpuParts: 840_000,
        memoryMib: 81_559,
        gpuUtil: 0.6,
        memoryUsedMib: 40_000,
        powerWatts: 360,
      },
      {
        deviceId: 'gpu-07:1',
        uuid: null,
        index: 1,
        isSlice: false,
        gpuModel: 'Custom Board',
        gpuParts: 840_000,
        memoryMib: 24_564,
        gpuUtil: null,
        memoryUsedMib: 4,
        powerWatts: null,
      },
    ]);
  });

  it('have the processes that are on them, by UUID or by bus', async () => {
    const probe = createNvidiaSmiProbe({ binary: standIn('whole', answers), node: 'gpu-07', catalog });
    await probe.look(NEVER);
    expect(await probe.holders(NEVER)).toEqual([
      { deviceId: 'GPU-1f0a', pid: 100 },
      { deviceId: 'GPU-1f0a', pid: 101 },
      { deviceId: 'gpu-07:1', pid: 102 },
    ]);
  });
});

describe('a card that MIG divides', () => {
  const answers = {
    '--query-gpu=': `${HEADER}
0, GPU-77, 00000000:00:09.0, NVIDIA H100 80GB HBM3, [N/A], 11125 MiB, 81559 MiB, 433.78 W, Enabled`,
    '-q': `GPU 00000000:00:09.0
    MIG Mode
        Current                           : Enabled
    MIG Device
        Index                             : 0
        GPU Instance ID                   : 2
        Compute Instance ID               : 0
        Shared FB Memory Usage
            Total                         : 40448 MiB
            Used                          : 11091 MiB
    MIG Device
        Index                             : 1
        GPU Instance ID                   : 9
        Shared FB Memory Usage
            Total                         : 9984 MiB
            Used                          : 9 MiB
    Processes
        GPU instance ID                   : 2
        Process ID                        : 100`,
    '-L': `GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-77)
  MIG 3g.40gb     Device  0: (UUID: MIG-5c6e)
  MIG 1g.10gb     Device  1: (UUID: MIG-9d10)`,
  };

  it('is its slices: a part of the card each, with unknown utilisation and power', async () => {
    const probe = createNvidiaSmiProbe({ binary: standIn('mig', answers), catalog });
    const slice = { index: 0, isSlice: true, gpuModel: 'H100-SXM5-80GB', gpuUtil: null, powerWatts: null };
    expect(await probe.look(NEVER)).toEqual([
      {
        ...slice,
        deviceId: 'GPU-77:gi2',
        uuid: 'MIG-5c6e',
        gpuParts: 360_000,
        memoryMib: 40_448,
        memoryUsedMib: 11_091,
      },
      {
        ...slice,
        deviceId: 'GPU-77:gi9',
        uuid: 'MIG-9d10',
        gpuParts: 120_000,
        memoryMib: 9_984,
        memoryUsedMib: 9,
      },
    ]);
    expect(await probe.holders(NEVER)).toEqual([{ deviceId: 'GPU-77:gi2', pid: 100 }]);
  });
});

it('fails in words when the program is not there, or fails', async () => {
  const missing = createNvidiaSmiProbe({ binary: join(folder, 'none'), catalog });
  await expect(missing.look(NEVER)).rejects.toMatchObject({ code: 'unreachable' });
  const broken = createNvidiaSmiProbe({ binary: standIn('broken', {}), catalog });
  await expect(broken.holders(NEVER)).rejects.toMatchObject({ code: 'answer-unexpected' });
});
