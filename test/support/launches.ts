import type { GpuFacts } from '../../src/domain/governance/gpu-facts.ts';
import type { JudgedLaunch } from '../../src/domain/governance/judged-launch.ts';
import type { Launch, LaunchPart } from '../../src/domain/governance/launch.ts';
import { type ExpectedHours, estimateCost } from '../../src/domain/governance/launch-estimate.ts';
import { PICOS_PER_UNIT } from '../../src/domain/money/picos.ts';
import type { Owner } from '../../src/domain/ownership/owner.ts';

/** A training Job on two H100 for tests: name what matters. */
export function launch(given: Partial<Launch> & { part?: Partial<LaunchPart> } = {}): Launch {
  const { part, ...rest } = given;
  return {
    file: 'job.yaml',
    line: 1,
    resourceKind: 'Job',
    kind: 'training',
    name: 'train',
    namespace: 'research',
    queue: null,
    attributes: {},
    parts: [
      {
        name: '',
        gpuModels: ['H100-SXM5-80GB'],
        instanceType: null,
        gpusPerNode: 2,
        nodes: 1,
        nodesMin: 1,
        nodesMax: 1,
        ...part,
      },
    ],
    isContinuous: false,
    copies: { stated: 1, min: 1, max: 1, isAutoscaled: false },
    lifecycle: null,
    provider: null,
    region: null,
    limitHours: null,
    expectedHours: null,
    idleLimitHours: null,
    isInterruptible: null,
    isLatencyCritical: null,
    modelSize: null,
    lines: { gpus: 10, gpuModel: 11, copies: 12, lifecycle: 13, region: 14, limit: 15, idle: 16, labels: 17 },
    ...rest,
  };
}

export function service(given: Parameters<typeof launch>[0] = {}): Launch {
  return launch({
    resourceKind: 'Deployment',
    kind: 'inference',
    name: 'serve',
    isContinuous: true,
    ...given,
  });
}

const dollars = (amount: number) => BigInt(Math.round(amount * 100)) * (PICOS_PER_UNIT / 100n);

export const SOME_GPUS: GpuFacts = {
  priced: [
    { model: 'H100-SXM5-80GB', provider: 'aws', memoryGib: 80, perGpuHourPicos: dollars(4) },
    { model: 'L4-24GB', provider: 'gcp', memoryGib: 24, perGpuHourPicos: dollars(0.7) },
    { model: 'A10G-24GB', provider: 'aws', memoryGib: 24, perGpuHourPicos: dollars(1) },
  ],
  isCalled: (model, name) => `${model}-`.startsWith(`${name}-`),
};

/** At $4 for a GPU-hour, unless `perGpuHour` is `null`. */
export function judged(
  one: Launch,
  {
    owner = {},
    perGpuHour = 4,
    hours = null,
  }: { owner?: Owner; perGpuHour?: number | null; hours?: number | null } = {},
): JudgedLaunch {
  const price =
    perGpuHour === null
      ? null
      : {
          perGpuHour: one.parts.map(() => dollars(perGpuHour)),
          references: ['list'],
          source: 'price_book' as const,
          assumptions: [],
        };
  const expected: ExpectedHours | null =
    hours === null
      ? null
      : {
          low: hours / 2,
          expected: hours,
          high: hours * 2,
          basis: 'past_runs',
          detail: 'median of 3 past runs',
        };
  return {
    launch: one,
    owner,
    estimate: estimateCost(one, price, expected),
    gpus: SOME_GPUS,
    currency: 'USD',
  };
}
