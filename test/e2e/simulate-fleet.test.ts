import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { PackingSimulation } from '../../src/app/results/simulations/packing-simulation.ts';
import { traceFigures } from '../../src/app/simulate/figures.ts';
import { replayPacking, simulatePacking } from '../../src/app/simulate/simulate-packing.ts';
import { simulateScaleToZero } from '../../src/app/simulate/simulate-scale-to-zero.ts';
import {
  PACKING_POLICIES,
  type PackingPolicy,
} from '../../src/domain/simulation/packing/policies/policies.ts';
import { readNodes, readPods } from '../../src/traces/read-packing-trace.ts';
import { readReplicaSamples } from '../../src/traces/read-replica-samples.ts';
import { readStartSeconds } from '../../src/traces/read-start-times.ts';

/** The simulators of the fleet on public data, against published figures and figures computed by other means. */
const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const missing = existsSync(DATA) ? '' : ' (skipped: the public data set is not beside this checkout)';
const signal = new AbortController().signal;
const plain = { map: {}, set: {}, fields: null, signal };
const SEEDS = [42, 43, 44, 45, 46, 47, 48, 49, 50, 51];
/** The means hardly move after a few seeds, and each run takes its time. */
const FEWER_SEEDS = SEEDS.slice(0, 3);
const silently = () => {};

async function pack(workload: string, policy: PackingPolicy, seeds = SEEDS): Promise<PackingSimulation> {
  const nodes = await readNodes(`${DATA}alibaba-gpu-2023/openb_node_list_gpu_node.csv`, plain);
  const pods = await readPods(`${DATA}alibaba-gpu-2023/openb_pod_list_${workload}.csv`, plain, false);
  const trace = traceFigures(nodes, pods);
  const request = { nodes: nodes.records, pods: pods.records, policy, demand: 1.3, seeds, trace };
  return simulatePacking(request, silently, signal);
}

/** Allocated GPU percent at 130 % demand, mean of ten seeds (Weng et al., USENIX ATC '23, artifact). */
const PUBLISHED: Readonly<Record<string, Readonly<Record<Exclude<PackingPolicy, 'tare'>, number>>>> = {
  default: {
    random: 87.47,
    'dot-product': 90.85,
    'gpu-clustering': 91.88,
    'gpu-packing': 92.0,
    'best-fit': 93.08,
    fgd: 95.39,
  },
  cpu050: {
    random: 91.24,
    'dot-product': 93.27,
    'gpu-clustering': 93.79,
    'gpu-packing': 93.72,
    'best-fit': 93.79,
    fgd: 95.21,
  },
  gpushare40: {
    random: 86.0,
    'dot-product': 89.56,
    'gpu-clustering': 90.02,
    'gpu-packing': 90.03,
    'best-fit': 91.69,
    fgd: 94.15,
  },
  gpuspec33: {
    random: 86.46,
    'dot-product': 89.14,
    'gpu-clustering': 92.12,
    'gpu-packing': 93.22,
    'best-fit': 93.09,
    fgd: 94.55,
  },
  multigpu20: {
    random: 88.69,
    'dot-product': 92.06,
    'gpu-clustering': 93.56,
    'gpu-packing': 93.71,
    'best-fit': 93.93,
    fgd: 95.65,
  },
};
const TOLERANCE = {
  random: 0.5,
  'dot-product': 0.5,
  'best-fit': 0.5,
  fgd: 0.5,
  'gpu-packing': 1,
  'gpu-clustering': 1,
};

describe.skipIf(missing)(`packing the openb trace${missing}`, () => {
  describe.each(Object.entries(PUBLISHED))('%s', (workload, published) => {
    const found = new Map<PackingPolicy, PackingSimulation>();
    beforeAll(async () => {
      for (const policy of PACKING_POLICIES)
        found.set(policy, await pack(workload, policy, workload === 'default' ? SEEDS : FEWER_SEEDS));
    });

    test.each(Object.entries(published))('%s allocates %s % within the tolerance', (name, percent) => {
      const policy = name as Exclude<PackingPolicy, 'tare'>;
      expect(Math.abs(found.get(policy)!.allocationPercent - percent)).toBeLessThan(TOLERANCE[policy]);
    });

    it('ours allocates more than any of them, at full demand too', () => {
      const ours = found.get('tare')!;
      for (const policy of PACKING_POLICIES.filter((name) => name !== 'tare')) {
        const theirs = found.get(policy)!;
        expect(ours.allocationPercent).toBeGreaterThan(theirs.allocationPercent);
        expect(ours.allocationPercentAtFullDemand!).toBeGreaterThan(theirs.allocationPercentAtFullDemand!);
      }
    });
  });

  test.each(['cpu100', 'gpushare60', 'gpuspec20', 'multigpu30'])(
    'on %s too, ours is not below FGD',
    async (workload) => {
      const [ours, fgd] = [
        await pack(workload, 'tare', FEWER_SEEDS),
        await pack(workload, 'fgd', FEWER_SEEDS),
      ];
      expect(ours.allocationPercent).toBeGreaterThanOrEqual(fgd.allocationPercent);
    },
  );

  it('measures fragmentation as published', async () => {
    expect((await pack('default', 'fgd', FEWER_SEEDS)).fragmentationPercent).toBeCloseTo(4.57, 0);
    expect((await pack('default', 'random', FEWER_SEEDS)).fragmentationPercent).toBeCloseTo(12.43, 0);
  });

  it('replays pods that come and go: GPU-hours and the peak are those of the trace', async () => {
    const nodes = await readNodes(`${DATA}alibaba-gpu-2023/openb_node_list_gpu_node.csv`, plain);
    const pods = await readPods(`${DATA}alibaba-gpu-2023/openb_pod_list_default.csv`, plain, true);
    const common = {
      nodes: nodes.records,
      pods: pods.records,
      seeds: [42],
      trace: traceFigures(nodes, pods),
    };
    const of = (policy: PackingPolicy) =>
      replayPacking({ ...common, policy, prices: new Map() }, silently, signal);
    const [ours, random] = [await of('tare'), await of('random')];
    expect(ours.podGpuHours).toBeCloseTo(51_600.473306, 5);
    expect(ours.peakPodGpus).toBeCloseTo(65.59, 9);
    expect(ours.peakNodes).toBeLessThan(random.peakNodes);
    expect(ours.nodeGpuHours).toBeLessThan(random.nodeGpuHours);
  });
});

describe.skipIf(missing)(`scaling the Stable Diffusion fleet to zero${missing}`, () => {
  it('counts what is known of it, and a monotone frontier', async () => {
    const folder = `${DATA}alibaba-genai-2026/dev/`;
    const read = await readReplicaSamples(`${folder}pod_gpu_duty_cycle_anon.csv.gz`, {
      ...plain,
      map: { time: 'timestamp_anon', device: 'container_ip', gpuUtilPercent: 'value' },
    });
    const starts = await readStartSeconds(`${folder}basemodel_update_latency_anon.csv.gz`, {
      ...plain,
      map: { milliseconds: 'value' },
    });
    const result = simulateScaleToZero({
      samples: read.samples,
      intervalSeconds: read.intervalSeconds!,
      samplesRepeated: read.repeated,
      samplesUnknown: read.unknown,
      keepAliveSeconds: [3600, 60, 120, 300, 600, 900, 1800],
      startSeconds: starts.records,
      areMeasured: true,
      perGpuHour: null,
      trace: traceFigures(read, starts),
    });
    expect(result).toMatchObject({ replicas: 110, samples: 123_532, intervalSeconds: 57, gaps: 2206 });
    expect(result.gpuHours).toBeCloseTo(1955.923333, 5);
    expect(result.idleFraction).toBeCloseTo(0.67308, 4);
    expect(result.coldStart).toMatchObject({ measured: 6205, p50Seconds: 21.395 });
    expect(result.coldStart!.meanSeconds).toBeCloseTo(125_742_582.75 / 6205 / 1000, 5);
    expect(result.coldStart!.p95Seconds).toBeCloseTo(44.643, 1);
    const { frontier } = result;
    for (const [index, point] of frontier.entries()) {
      const before = frontier[index - 1] ?? point;
      expect(point.gpuHoursSavedFraction).toBeLessThanOrEqual(before.gpuHoursSavedFraction);
      expect(point.coldStarts).toBeLessThanOrEqual(before.coldStarts);
      expect(point.gpuHoursSaved).toBeLessThanOrEqual(result.gpuHours * result.idleFraction);
    }
  });
});
