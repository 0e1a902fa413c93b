import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMigList, parseMigQuery } from './parse-mig.ts';

const CAPTURE = join(
  resolve(import.meta.dirname, '../../../../shared/data/nvidia-smi-captures'),
  'linux-x86_64__nvidia-h100-mig__590.48.01.txt',
);

describe.skipIf(!existsSync(CAPTURE))(
  'a real capture of a divided H100 (skipped without ../shared/data)',
  () => {
    const text = existsSync(CAPTURE) ? readFileSync(CAPTURE, 'utf8') : '';
    /** What a command printed, in the last section that ran it. */
    const printedBy = (command: string) =>
      text.split(`# $ ${command}\n`).at(-1)!.split('\n################')[0]!;

    it('has four slices, and says which of them processes are on', () => {
      const busId = '00000000:00:09.0';
      const slice = (index: number, instanceId: string, memoryTotalMib: number, memoryUsedMib: number) => ({
        busId,
        index,
        instanceId,
        memoryTotalMib,
        memoryUsedMib,
      });
      expect(parseMigQuery(printedBy('nvidia-smi -q'))).toEqual({
        slices: [
          slice(0, '2', 40_448, 11_091),
          slice(1, '3', 20_096, 17),
          slice(2, '9', 9_984, 9),
          slice(3, '10', 9_984, 9),
        ],
        processes: [21_180, 21_181, 21_198].map((pid) => ({ busId, instanceId: '2', pid })),
      });
    });

    it('lists their profiles and names', () => {
      expect(
        parseMigList(printedBy('nvidia-smi -L')).map(({ gpuIndex, sliceIndex, profile }) => [
          gpuIndex,
          sliceIndex,
          profile,
        ]),
      ).toEqual([
        [0, 0, '3g.40gb'],
        [0, 1, '2g.20gb'],
        [0, 2, '1g.10gb'],
        [0, 3, '1g.10gb'],
      ]);
    });
  },
);

it('keeps processes of cards that are not divided, without a slice', () => {
  const text = [
    'GPU 00000000:18:00.0',
    '    MIG Mode',
    '        Current                           : Disabled',
    '    Processes',
    '        GPU instance ID                   : N/A',
    '        Compute instance ID               : N/A',
    '        Process ID                        : 4711',
    '            Name                          : python (a: b)',
    '    Capabilities',
    '        Process ID                        : 99',
  ].join('\n');
  expect(parseMigQuery(text)).toEqual({
    slices: [],
    processes: [{ busId: '00000000:18:00.0', instanceId: null, pid: 4711 }],
  });
});

it('of nothing is nothing', () => {
  expect([parseMigQuery(''), parseMigList('')]).toEqual([{ slices: [], processes: [] }, []]);
});
