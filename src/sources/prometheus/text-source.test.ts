import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { buildPrometheusFleet } from '../../../test/support/prometheus-fleet.ts';
import { smallCatalog } from '../../../test/support/small-catalog.ts';
import type { AllocationFact, FactBatch } from '../../domain/facts/facts.ts';
import { MINUTE_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { FileReadOptions, ReadSummary } from '../../ports/source.ts';
import { createPrometheusTextSource } from './text-source.ts';

type Facts = Required<Pick<FactBatch, 'capacity' | 'workloads' | 'allocations' | 'usage'>>;

const NINE = Date.UTC(2026, 9, 14, 9);
const TIME = '2026-10-14T09:00:00Z';
const captures = join(process.cwd(), '../shared/data/nvidia-smi-captures');
const whyNoCaptures = existsSync(captures) ? null : 'no ../shared/data/nvidia-smi-captures';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-exposition-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the text source', () => {
  it('reads a snapshot of dcgm-exporter at the time that is given', async () => {
    const gpu =
      'gpu="0",UUID="GPU-1",modelName="NVIDIA H100 80GB HBM3",Hostname="n1",namespace="ml",pod="job-0",container="t"';
    const { facts, summary } = await read(
      [
        '# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).',
        `DCGM_FI_DEV_GPU_UTIL{${gpu}} 87`,
        `DCGM_FI_PROF_SM_ACTIVE{${gpu}} 0.42`,
        `DCGM_FI_DEV_FB_USED{${gpu}} 60000`,
        `DCGM_FI_DEV_POWER_USAGE{${gpu}} 512.3456`,
        `DCGM_FI_DEV_GPU_TEMP{${gpu}} 61`,
      ],
      { time: TIME },
    );
    expect(facts.capacity).toEqual([
      {
        deviceId: 'GPU-1',
        gpuParts: PARTS_PER_GPU,
        node: 'n1',
        nodeLife: null,
        gpuModel: 'H100-SXM5-80GB',
        memoryMib: 81_920,
        lifecycle: 'on_demand',
        provider: null,
        region: null,
        instanceType: null,
        pool: null,
        resourceKey: null,
        attributes: {},
        startMs: NINE,
        endMs: NINE + MINUTE_MS,
      },
    ]);
    expect(facts.usage).toEqual([
      {
        deviceId: 'GPU-1',
        atMs: NINE,
        intervalMs: MINUTE_MS,
        activity: { busyPpm: 870_000, effectivePpm: 420_000, basis: 'sm_active', isContradictory: false },
        memoryUsedMib: 60_000,
        powerWatts: 512.346,
      },
    ]);
    expect(facts.allocations).toMatchObject([{ workloadId: 'ml/job-0', deviceId: 'GPU-1', startMs: NINE }]);
    expect(summary).toMatchObject({
      rowsRead: 5,
      rejects: [],
      totals: { otherSamples: 1, deviceSamples: 1 },
    });
    expect(summary.warnings.map(({ code }) => code)).toEqual(['unknown-node-life']);
  });

  it('rejects what it cannot use with its line, and takes the rest', async () => {
    const { facts, summary, path } = await read([
      'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1} 87 1791968400',
      'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1"} 50',
      'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1"} 50 1991968400',
      '',
      'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1"} 50 1791968400',
      'go_goroutines 7',
    ]);
    expect(summary.rejects).toEqual([
      {
        where: `${path}:1`,
        code: 'malformed-line',
        message: expect.stringMatching(/a quoted text does not end on its line; a line is name/),
      },
      {
        where: `${path}:2`,
        code: 'no-time',
        message: expect.stringContaining('--set time=2026-10-14T09:00:00Z'),
      },
      { where: `${path}:3`, code: 'in-the-future', message: expect.stringContaining('2033-02-14') },
    ]);
    expect(facts.usage).toHaveLength(1);
    expect(summary.rowsRead).toBe(5);
  });

  test.each([
    [{ tme: TIME }, '--set tme: this kind knows time, interval, node, provider only'],
    [{ time: 'nine' }, 'is no instant'],
    [{ interval: '7' }, 'divide an hour'],
    [{ interval: '0' }, 'divide an hour'],
  ])('refuses the setting %j', async (set, message) => {
    await expect(read(['up 1'], set as Record<string, string>)).rejects.toThrow(message);
  });

  it('says when a file holds nothing that it knows', async () => {
    const { summary } = await read(['up 1 1791968400']);
    expect(summary.warnings).toMatchObject([{ code: 'no-known-series', count: 1 }]);
  });

  it('averages inside a slot, and hides neither a gap nor a missed scrape', async () => {
    const at = [0, 15, 30, 45, 60, 180, 240, 600];
    const { facts } = await read(
      at.map(
        (s, i) =>
          `DCGM_FI_PROF_GR_ENGINE_ACTIVE{UUID="GPU-1",Hostname="n1",pod="p",namespace="n"} 0.${i + 1} ${NINE / 1000 + s}`,
      ),
    );
    expect(facts.usage.map(({ atMs, activity }) => [(atMs - NINE) / 1000, activity.busyPpm])).toEqual([
      [0, 250_000],
      [60, 500_000],
      [180, 600_000],
      [240, 700_000],
      [600, 800_000],
    ]);
    expect(spans(facts.capacity)).toEqual([
      [0, 300],
      [600, 660],
    ]);
    expect(spans(facts.allocations)).toEqual([
      [0, 360],
      [600, 720],
    ]);
  });

  it('takes the scrape interval from the samples when it is longer than the step', async () => {
    const at = Array.from({ length: 12 }, (_, index) => index * 300 + 7);
    const { facts } = await read(
      at.map((s) => `DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1"} 10 ${NINE / 1000 + s}`),
    );
    expect(new Set(facts.usage.map(({ intervalMs }) => intervalMs))).toEqual(new Set([300_000]));
    expect(spans(facts.capacity)).toEqual([[0, 3600]]);
  });

  it('knows a node by the first of its names that kube-state-metrics knows', async () => {
    const { facts } = await read(
      [
        'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="dcgm-exporter-x",node="n1"} 10',
        'kube_node_info{node="n1",provider_id="gce://p/z/n1"} 1',
        'kube_node_created{node="n1"} 1790000000',
      ],
      { time: TIME },
    );
    expect(facts.capacity).toMatchObject([
      {
        node: 'n1',
        nodeLife: 'n1@2026-09-21T14:13:20Z',
        provider: 'Google Cloud',
        resourceKey: 'gce/p/z/n1',
      },
    ]);
  });

  it('reads a share by percent where values are above one, and as a fraction where none is', async () => {
    const busy = async (values: readonly number[]) => {
      const { facts } = await read(
        values.map(
          (value, index) =>
            `DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-1",Hostname="n1"} ${value} ${NINE / 1000 + 3600 * index}`,
        ),
      );
      return facts.usage.map(({ activity }) => activity.busyPpm);
    };
    expect(await busy([0.5, 1])).toEqual([500_000, 1_000_000]);
    expect(await busy([50, 1])).toEqual([500_000, 10_000]);
  });

  it('drops blank sentinels and still sees the device', async () => {
    const { facts, summary } = await read(
      [
        'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1"} 9223372036854775794',
        'DCGM_FI_PROF_GR_ENGINE_ACTIVE{UUID="GPU-1",Hostname="n1"} 140737488355328',
      ],
      { time: TIME },
    );
    expect(facts.usage[0]!.activity).toMatchObject({ basis: 'none', busyPpm: null });
    expect(facts.capacity).toHaveLength(1);
    expect(summary.warnings).toContainEqual({ code: 'blank-value', message: expect.any(String), count: 2 });
  });

  it('prefers the own series of a device to those of the pods that share it', async () => {
    const { facts } = await read(
      [
        'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1"} 90',
        'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1",pod="a",namespace="n",vgpu="0"} 30',
        'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1",pod="b",namespace="n",vgpu="1"} 60',
      ],
      { time: TIME },
    );
    expect(facts.usage.map(({ activity }) => activity.busyPpm)).toEqual([900_000]);
    expect(facts.allocations.map(({ workloadId, shareParts }) => [workloadId, shareParts])).toEqual([
      ['n/a', PARTS_PER_GPU],
      ['n/b', PARTS_PER_GPU],
    ]);
  });

  it('lets the jobs of a scheduler hold a device together', async () => {
    const { facts } = await read(
      ['1', '2'].map((job) => `DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1",hpc_job="${job}"} 90`),
      { time: TIME },
    );
    expect(facts.usage).toHaveLength(1);
    expect(facts.workloads).toMatchObject([
      { workloadId: 'job:1', kind: 'batch', attributes: { job: '1' } },
      { workloadId: 'job:2' },
    ]);
  });

  it('splits a MIG card and its power, and adds up to the card', async () => {
    const slice = (id: string, profile: string) =>
      `UUID="GPU-1",modelName="NVIDIA A30",Hostname="n1",GPU_I_ID="${id}",GPU_I_PROFILE="${profile}"`;
    const { facts } = await read(
      [
        `DCGM_FI_PROF_GR_ENGINE_ACTIVE{${slice('1', '2g.12gb')}} 0.8`,
        `DCGM_FI_PROF_GR_ENGINE_ACTIVE{${slice('3', '1g.6gb')}} 0.1`,
        `DCGM_FI_DEV_POWER_USAGE{${slice('1', '2g.12gb')}} 100`,
        `DCGM_FI_DEV_POWER_USAGE{${slice('3', '1g.6gb')}} 100`,
        'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",modelName="NVIDIA A30",Hostname="n1"} 0',
      ],
      { time: TIME },
    );
    expect(
      facts.capacity.map(({ deviceId, gpuParts, memoryMib }) => [
        deviceId,
        gpuParts / PARTS_PER_GPU,
        memoryMib,
      ]),
    ).toEqual([
      ['GPU-1:gi1', 0.5, 12 * 1024],
      ['GPU-1:gi3', 0.25, 6 * 1024],
      ['GPU-1:rest', 0.25, null],
    ]);
    expect(facts.usage.map(({ activity, powerWatts }) => [activity.busyPpm, powerWatts])).toEqual([
      [800_000, 50],
      [100_000, 25],
      [null, 25],
    ]);
  });

  it('follows a card that is cut anew', async () => {
    const line = (labels: string, minute: number) =>
      `DCGM_FI_DEV_FB_USED{UUID="GPU-1",modelName="NVIDIA H100 80GB HBM3",Hostname="n1"${labels}} 100 ${NINE / 1000 + minute * 60}`;
    const big = ',GPU_I_ID="1",GPU_I_PROFILE="3g.40gb"';
    const small = ',GPU_I_ID="9",GPU_I_PROFILE="1g.10gb"';
    const { facts } = await read([
      ...[0, 1, 2, 3].map((minute) => line('', minute)),
      ...[4, 5, 6, 7].map((minute) => line(big, minute)),
      ...[8, 9].map((minute) => line(small, minute)),
    ]);
    expect(
      facts.capacity.map(({ deviceId, gpuParts, startMs, endMs }) => [
        deviceId,
        Math.round((gpuParts * 7) / PARTS_PER_GPU),
        (startMs - NINE) / MINUTE_MS,
        (endMs! - NINE) / MINUTE_MS,
      ]),
    ).toEqual([
      ['GPU-1', 7, 0, 4],
      ['GPU-1:gi1', 3, 4, 8],
      ['GPU-1:gi9', 1, 8, 10],
      ['GPU-1:rest', 4, 4, 8],
      ['GPU-1:rest', 6, 8, 10],
    ]);
  });

  it('reads AMD cards, whole and in partitions', async () => {
    const card =
      'serial_number="S1",gpu_id="0",card_model="AMD Instinct MI300X",hostname="n1",gpu_compute_partition_type="cpx"';
    const partition = (id: number, more: string) => `{${card},gpu_partition_id="${id}"${more}}`;
    const { facts } = await read(
      [
        `amd_gpu_gfx_activity${partition(0, ',pod="a",namespace="n"')} 40`,
        `amd_gpu_package_power${partition(0, ',pod="a",namespace="n"')} 400`,
        ...[1, 2, 3, 4, 5, 6, 7].map((id) => `amd_gpu_gfx_activity${partition(id, '')} 0`),
        'gpu_gfx_activity{serial_number="S2",gpu_id="1",card_model="AMD Instinct MI300X",hostname="n1",gpu_partition_id="0",gpu_compute_partition_type="spx",job_id="7",job_user="ada"} 25',
        'gpu_used_vram{serial_number="S2",gpu_id="1",card_model="AMD Instinct MI300X",hostname="n1",gpu_partition_id="0",gpu_compute_partition_type="spx",job_id="7",job_user="ada"} 1000',
      ],
      { time: TIME },
    );
    const partitions = facts.capacity.filter(({ deviceId }) => deviceId.startsWith('S1'));
    expect(partitions.map(({ gpuParts }) => gpuParts)).toEqual(Array(8).fill(PARTS_PER_GPU / 8));
    const used = facts.usage.filter(({ deviceId }) => deviceId.startsWith('S1'));
    expect(used.map(({ activity, powerWatts }) => [activity.busyPpm, powerWatts])).toEqual(
      Array(8).fill([400_000, 50]),
    );
    expect(facts.capacity.at(-1)).toMatchObject({
      deviceId: 'S2',
      gpuModel: 'MI300X-192GB',
      memoryMib: 196_608,
    });
    expect(facts.workloads).toMatchObject([
      { workloadId: 'job:7', attributes: { user: 'ada' } },
      { workloadId: 'n/a' },
    ]);
  });

  it('goes on paying for a node that kube-state-metrics lists while its exporter is silent', async () => {
    const lines: string[] = [];
    for (let minute = 0; minute < 180; minute++) {
      const at = NINE / 1000 + minute * 60;
      if (minute < 20 || minute >= 150)
        lines.push(`DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1"} 50 ${at}`);
      if (minute < 170) {
        lines.push(`kube_node_created{node="n1"} 1790000000 ${at}`);
        lines.push(`kube_node_status_capacity{node="n1",resource="nvidia_com_gpu"} 1 ${at}`);
      }
    }
    const { facts } = await read(lines);
    expect(new Set(facts.capacity.map(({ deviceId }) => deviceId))).toEqual(new Set(['GPU-1']));
    expect(spans(facts.capacity)).toEqual([
      [0, 3600],
      [3600, 7200],
      [7200, 10_800],
    ]);
    expect(facts.usage).toHaveLength(50);
  });

  it('does not keep a GPU that another one replaced', async () => {
    const lines: string[] = [];
    for (let minute = 0; minute < 60; minute++) {
      const at = NINE / 1000 + minute * 60;
      if (minute !== 20)
        lines.push(`DCGM_FI_DEV_GPU_UTIL{UUID="GPU-${minute < 20 ? 1 : 2}",Hostname="n1"} 50 ${at}`);
      lines.push(`kube_node_created{node="n1"} 1790000000 ${at}`);
      lines.push(`kube_node_status_capacity{node="n1",resource="nvidia_com_gpu"} 1 ${at}`);
    }
    const { facts } = await read(lines);
    const paid = (device: string) => spans(facts.capacity.filter(({ deviceId }) => deviceId === device));
    expect(paid('GPU-1')).toEqual([[0, 1200]]);
    expect(paid('GPU-2')[0]![1]).toBe(3600);
  });

  it('places pods by their requests where no exporter names them', async () => {
    const pod = (name: string, resource: string, count: number, phase: string) => [
      `kube_pod_container_resource_requests{namespace="n",pod="${name}",container="c",node="n1",resource="${resource}"} ${count}`,
      `kube_pod_status_phase{namespace="n",pod="${name}",phase="Running"} ${phase === 'Running' ? 1 : 0}`,
    ];
    const { facts, summary } = await read(
      [
        'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",Hostname="n1",pod="labelled",namespace="n"} 50',
        ...[2, 3, 4].map((id) => `DCGM_FI_DEV_GPU_UTIL{UUID="GPU-${id}",Hostname="n1"} 50`),
        'kube_node_info{node="n1",provider_id=""} 1',
        ...pod('labelled', 'nvidia_com_gpu', 1, 'Running'),
        ...pod('a', 'nvidia_com_gpu', 2, 'Running'),
        ...pod('b', 'nvidia_com_gpu', 2, 'Running'),
        ...pod('done', 'nvidia_com_gpu', 1, 'Succeeded'),
        ...pod('cpu', 'memory', 1e9, 'Running'),
      ],
      { time: TIME },
    );
    expect(facts.allocations.map(({ workloadId, deviceId }) => `${workloadId} ${deviceId}`)).toEqual([
      'n/a GPU-2',
      'n/a GPU-3',
      'n/b GPU-4',
      'n/labelled GPU-1',
    ]);
    expect(summary.warnings).toContainEqual({
      code: 'unplaced-pod',
      message: expect.stringContaining('n/b'),
      count: 1,
    });
  });

  it('does not take the exporter for a workload in an hour in which nothing runs', async () => {
    const own = 'UUID="GPU-1",Hostname="n1",pod="gpu-metrics-x",namespace="monitoring"';
    const { facts } = await read([
      `DCGM_FI_DEV_FB_USED{${own},exported_pod="w",exported_namespace="n"} 1000 ${NINE / 1000}`,
      `DCGM_FI_DEV_FB_USED{${own}} 4 ${NINE / 1000 + 7200}`,
    ]);
    expect(new Set(facts.allocations.map(({ workloadId }) => workloadId))).toEqual(new Set(['n/w']));
    expect(facts.usage).toHaveLength(2);
  });

  it('does not depend on the order of the lines', async () => {
    const { openMetrics } = buildPrometheusFleet();
    const lines = openMetrics.split('\n').filter((line) => !line.startsWith('#') && /179194[01]/.test(line));
    const expected = (await read(lines)).facts;
    expect(expected.usage.length).toBeGreaterThan(50);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(lines, { minLength: lines.length }), async (shuffled) => {
        expect((await read(shuffled)).facts).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});

describe.skipIf(whyNoCaptures !== null)(
  `captures of the nvidia-smi exporter (${whyNoCaptures ?? 'real'})`,
  () => {
    const capture = (name: string) =>
      collect(join(captures, `linux-x86_64__nvidia-${name}.metrics`), { time: TIME, node: 'box' });

    it('reads a loaded H100', async () => {
      const { facts, summary } = await capture('h100-80gb-hbm3__590.48.01__load');
      expect(summary.rejects).toEqual([]);
      expect(facts.capacity).toMatchObject([
        { deviceId: 'box:gpu0', node: 'box', gpuModel: 'H100-SXM5-80GB', endMs: NINE + MINUTE_MS },
      ]);
      expect(facts.usage).toMatchObject([
        {
          activity: { busyPpm: 1_000_000, basis: 'gpu_util', isContradictory: false },
          memoryUsedMib: 19_818,
          powerWatts: 631.95,
        },
      ]);
      expect(facts.allocations).toEqual([]);
    });

    it('leaves the activity of a card under MIG unknown', async () => {
      const { facts } = await capture('h100-mig__590.48.01__load');
      expect(facts.usage).toMatchObject([
        { activity: { busyPpm: null, basis: 'none' }, memoryUsedMib: 11_125, powerWatts: 433.78 },
      ]);
    });

    it('reads an idle consumer card and its memory', async () => {
      const { facts, summary } = await capture('geforce-rtx-2080-super__595.71.05__idle');
      expect(facts.capacity).toMatchObject([{ gpuModel: 'NVIDIA GeForce RTX 2080 SUPER', memoryMib: 8192 }]);
      expect(facts.usage).toMatchObject([
        { activity: { busyPpm: 0 }, memoryUsedMib: 214, powerWatts: 39.32 },
      ]);
      expect(summary.warnings.map(({ code }) => code)).toContain('unknown-gpu-model');
    });
  },
);

/** Seconds since nine o'clock. */
function spans(facts: readonly Pick<AllocationFact, 'startMs' | 'endMs'>[]): [number, number][] {
  return facts.map(({ startMs, endMs }) => [(startMs - NINE) / 1000, (endMs! - NINE) / 1000]);
}

async function read(lines: readonly string[], set: Readonly<Record<string, string>> = {}) {
  const path = join(folder, 'snapshot.prom');
  await writeFile(path, `${lines.join('\n')}\n`);
  return { ...(await collect(path, set)), path };
}

async function collect(
  path: string,
  set: Readonly<Record<string, string>>,
): Promise<{ facts: Facts; summary: ReadSummary }> {
  const { batches, summary } = createPrometheusTextSource({ catalog: smallCatalog }).read(path, options(set));
  const facts: { [kind in keyof Facts]: Facts[kind][number][] } = {
    capacity: [],
    workloads: [],
    allocations: [],
    usage: [],
  };
  for await (const batch of batches) {
    facts.capacity.push(...(batch.capacity ?? []));
    facts.workloads.push(...(batch.workloads ?? []));
    facts.allocations.push(...(batch.allocations ?? []));
    facts.usage.push(...(batch.usage ?? []));
  }
  return { facts, summary };
}

function options(set: Readonly<Record<string, string>>): FileReadOptions {
  const signal = new AbortController().signal;
  return { map: {}, set, fields: null, currency: 'USD', rates: {}, nowMs: NINE + 86_400_000, signal };
}
