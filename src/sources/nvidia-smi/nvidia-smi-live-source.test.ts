import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FactBatch } from '../../domain/facts/facts.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { NvidiaSmiLiveSource, type NvidiaSmiSettings } from './nvidia-smi-live-source.ts';

/**
 * Stands in for the program of the driver, because a test machine has no GPU. It prints what the real one prints: an idle GPU, a
 * busy one with two processes, and one that claims to be busy with no memory and no process.
 */
const SCRIPT = `#!/bin/sh
case "$1" in
--query-gpu=*)
  echo "index, uuid, pci.bus_id, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw [W], mig.mode.current"
  echo "0, GPU-1a, 00000000:01:00.0, NVIDIA H100 80GB HBM3, 0 %, 0 MiB, 81559 MiB, 69.85 W, Disabled"
  echo "1, GPU-2b, 00000000:02:00.0, NVIDIA H100 80GB HBM3, 100 %, 19818 MiB, 81559 MiB, 631.95 W, Disabled"
  echo "2, GPU-3c, 00000000:03:00.0, NVIDIA H100 80GB HBM3, 100 %, 0 MiB, 81559 MiB, 70.10 W, Disabled"
  echo "3, GPU-4d, 00000000:04:00.0, NVIDIA H100 80GB HBM3, [N/A], 11125 MiB, 81559 MiB, 433.78 W, Enabled"
  ;;
--query-compute-apps=*)
  echo "gpu_uuid, gpu_bus_id, pid"
  echo "GPU-2b, 00000000:02:00.0, 21180"
  echo "GPU-2b, 00000000:02:00.0, 21198"
  ;;
esac
`;

const catalog: HardwareCatalog = {
  gpuModel: () => 'H100-SXM5-80GB',
  gpu: () => undefined,
  instance: () => undefined,
  gpus: () => [],
};
const NOW = Date.parse('2026-10-14T09:00:42Z');
const signal = new AbortController().signal;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-smi-live-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

function sourceOf(settings: NvidiaSmiSettings): NvidiaSmiLiveSource {
  return new NvidiaSmiLiveSource({ node: 'dgx-1', ...settings }, { catalog, clock: { nowMs: () => NOW } });
}

async function poll(source: NvidiaSmiLiveSource) {
  const reading = source.read({ fromMs: NOW, toMs: NOW }, signal);
  const batches: FactBatch[] = [];
  for await (const batch of reading.batches) batches.push(batch);
  return { batch: batches[0], summary: reading.summary };
}

describe('NvidiaSmiLiveSource', () => {
  it('samples each GPU once', async () => {
    const { batch, summary } = await poll(
      sourceOf({ binary: await program('nvidia-smi', SCRIPT), intervalMs: 30_000 }),
    );
    expect(summary).toMatchObject({
      rowsRead: 4,
      rejects: [],
      warnings: [],
      totals: { samples: 4, devices: 4 },
    });
    expect(batch?.usage).toMatchObject([
      { deviceId: 'GPU-1a', atMs: NOW, intervalMs: 30_000, activity: { busyPpm: 0, basis: 'gpu_util' } },
      { deviceId: 'GPU-2b', activity: { busyPpm: 1_000_000 }, memoryUsedMib: 19_818, powerWatts: 631.95 },
      { deviceId: 'GPU-3c', activity: { busyPpm: null, isContradictory: true } },
      { deviceId: 'GPU-4d', activity: { busyPpm: null, basis: 'none', isContradictory: false } },
    ]);
    expect(batch?.capacity?.[1]).toMatchObject({
      deviceId: 'GPU-2b',
      node: 'dgx-1',
      gpuModel: 'H100-SXM5-80GB',
      memoryMib: 81_559,
      lifecycle: 'owned',
      startMs: NOW,
      endMs: NOW + 30_000,
    });
  });

  it('asks about now alone, in chunks that are named by the clock', () => {
    const source = sourceOf({});
    const hour = 3_600_000;
    expect(source.chunks({ fromMs: NOW - hour, toMs: NOW })).toEqual([
      {
        name: '2026-10-14T09:00:00Z',
        window: { fromMs: Date.parse('2026-10-14T09:00:00Z'), toMs: Date.parse('2026-10-14T09:01:00Z') },
      },
    ]);
    expect(source.chunks({ fromMs: NOW - 2 * hour, toMs: NOW - hour })).toEqual([]);
    expect(source.chunks({ fromMs: NOW + 1, toMs: NOW + hour })).toEqual([]);
  });

  it('keeps the sample when processes cannot be counted, and says so', async () => {
    const binary = await program(
      'no-apps',
      SCRIPT.replace(
        /--query-compute-apps=\*\)[^;]*;;/,
        '--query-compute-apps=*) echo "Insufficient Permissions"; exit 4 ;;',
      ),
    );
    const { batch, summary } = await poll(sourceOf({ binary }));
    expect(batch?.usage).toHaveLength(4);
    expect(summary.warnings).toMatchObject([
      { code: 'processes-unknown', message: expect.stringContaining('Insufficient Permissions') },
    ]);
  });

  it('says that the program is not there', async () => {
    const source = sourceOf({ binary: join(folder, 'nowhere/nvidia-smi') });
    await expect(poll(source)).rejects.toMatchObject({ code: 'unreachable' });
    expect(await source.probe(signal)).toMatchObject([
      {
        status: 'failing',
        message: expect.stringContaining('cannot be run'),
        remedy: expect.stringContaining('driver'),
      },
    ]);
  });

  it('says what the program says when it fails', async () => {
    const failing = '#!/bin/sh\necho "Failed to initialize NVML: Driver/library version mismatch"\nexit 18\n';
    const source = sourceOf({ binary: await program('failing', failing) });
    await expect(poll(source)).rejects.toMatchObject({
      code: 'answer-unexpected',
      message: expect.stringContaining('Driver/library version mismatch'),
    });
  });

  it('tells the doctor what there is', async () => {
    const found = await sourceOf({ binary: await program('probe', SCRIPT) }).probe(signal);
    expect(found).toMatchObject([
      { status: 'fine', message: '4 × NVIDIA H100 80GB HBM3' },
      { status: 'look', message: expect.stringContaining('MIG') },
    ]);
  });
});
