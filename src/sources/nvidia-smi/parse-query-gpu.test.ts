import { describe, expect, it, test } from 'vitest';
import {
  countProcesses,
  deviceIdOf,
  type GpuReading,
  parseTimestamp,
  queryGpuParser,
} from './parse-query-gpu.ts';

function parse(columns: string, line: string) {
  return queryGpuParser(columns.split(',')).parse(line.split(','));
}

const NOTHING: GpuReading = {
  timestamp: null,
  uuid: null,
  index: null,
  busId: null,
  name: null,
  gpuUtil: null,
  memoryUsedMib: null,
  memoryTotalMib: null,
  powerWatts: null,
  isMig: false,
};

describe('queryGpuParser', () => {
  test.each([
    [
      'units in header and value',
      'utilization.gpu [%], memory.used [MiB], power.draw [W]',
      '57 %, 575 MiB, 69.85 W',
    ],
    [
      'units in the header alone (nounits)',
      'utilization.gpu [%], memory.used [MiB], power.draw [W]',
      '57, 575, 69.85',
    ],
    ['no units at all (noheader,nounits)', 'utilization.gpu,memory.used,power.draw', '57,575,69.85'],
    ['other units', 'utilization.gpu,memory.used [KiB],power.draw', '57 %,588800,69850 mW'],
    [
      'names of older drivers',
      'Utilization.GPU [%],memory.used [MiB],power.draw.average [W]',
      '57 %,575 MiB,69.85 W',
    ],
  ])('reads %s', (_, columns, line) => {
    expect(parse(columns, line)).toEqual({
      kind: 'gpu',
      reading: { ...NOTHING, gpuUtil: 0.57, memoryUsedMib: 575, powerWatts: 69.85 },
    });
  });

  test.each([
    '[N/A]',
    '[Not Supported]',
    '[Requested functionality has been deprecated]',
    '[Unknown Error]',
    'N/A',
    'ERR!',
    '',
  ])('reads %s as unknown, not as zero', (cell) => {
    const reading = { ...NOTHING, index: '0' };
    expect(parse('index,utilization.gpu [%],memory.used [MiB]', `0,${cell},${cell}`)).toEqual({
      kind: 'gpu',
      reading,
    });
  });

  it('knows a header that is repeated, and a value that is none', () => {
    expect(parse('index, utilization.gpu [%]', 'index, utilization.gpu [%]')).toEqual({ kind: 'header' });
    expect(parse('index,memory.used [MiB]', '0,lots')).toMatchObject({
      kind: 'problem',
      column: 'memory.used [MiB]',
    });
    expect(parse('index,memory.used [MiB]', '0,5 parsecs')).toMatchObject({ kind: 'problem' });
  });
});

test.each([
  [
    { uuid: 'GPU-df6e7a7c-7314-46f8-abc4-b88b36dcf3aa', index: '0' },
    'GPU-df6e7a7c-7314-46f8-abc4-b88b36dcf3aa',
  ],
  [{ uuid: 'GPU-00000000-0000-0000-0000-000000000000', index: '1' }, 'host:1'],
  [{ index: '1', 'pci.bus_id': '00000000:01:00.0' }, 'host:1'],
  [{ 'pci.bus_id': '00000000:01:00.0' }, 'host:00000000:01:00.0'],
  [{ name: 'H100' }, null],
])('a device is called by its UUID, or by host and place: %o', (cells, expected) => {
  const parsed = queryGpuParser(Object.keys(cells)).parse(Object.values(cells));
  expect(parsed.kind === 'gpu' && deviceIdOf(parsed.reading, 'host')).toBe(expected);
});

test.each([
  ['2026/07/14 09:00:44.579', 'Z', '2026-07-14T09:00:44.579Z'],
  ['2026/07/14 09:00:44.579', '+02:00', '2026-07-14T07:00:44.579Z'],
  ['2026/07/14 09:00:44', '-05:00', '2026-07-14T14:00:44.000Z'],
  ['2026-07-14T09:00:44Z', '+02:00', '2026-07-14T09:00:44.000Z'],
  ['Tue Jul 14 09:00:44 2026', 'Z', undefined],
  ['2026/02/30 09:00:44', 'Z', undefined],
])('reads the time %s at %s', (text, offset, expected) => {
  const at = parseTimestamp(text, offset);
  expect(at === undefined ? undefined : new Date(at).toISOString()).toBe(expected);
});

it('counts processes by GPU', () => {
  const counts = countProcesses(
    ['gpu_uuid', 'gpu_bus_id', 'pid'],
    [
      ['GPU-1a', '00000000:01:00.0', '7'],
      ['GPU-1a', '00000000:01:00.0', '8'],
      ['GPU-00000000-0000-0000-0000-000000000000', '00000000:02:00.0', '9'],
    ],
  );
  expect([...counts]).toEqual([
    ['GPU-1a', 2],
    ['00000000:02:00.0', 1],
  ]);
});
