import { displayMoney } from '../../money/display-money.ts';
import type { PricedGpu } from '../gpu-facts.ts';
import type { JudgedLaunch, Objection } from '../judged-launch.ts';
import type { PolicyRule } from '../policy.ts';
import { objection } from './objection.ts';

const BYTES_PER_GIB = 1024 ** 3;
/** Weights, gradients and both moments of Adam in mixed precision: 2 + 2 + 12 bytes a parameter (Rajbhandari et al., ZeRO, 2020, section 3). */
const TRAINING_BYTES = 16;

/**
 * "A model this small does not need that GPU": the memory that it needs on each GPU of a copy, against that of the GPU. Objects where twice
 * as much would fit and a cheaper GPU of the same cloud (of any, where the cloud is not known) has room for it. Served models are split
 * over their GPUs; how a training is split nothing says, so only one on a single GPU is judged.
 */
export function judgeOversized(
  { headroom }: Extract<PolicyRule, { rule: 'oversized-gpu' }>,
  { launch, gpus, currency }: JudgedLaunch,
): readonly Objection[] {
  const { modelSize } = launch;
  const [part, ...others] = launch.parts;
  if (modelSize === null || part === undefined || others.length > 0) return [];
  const gpuCount = part.gpusPerNode * part.nodes;
  if (launch.kind === 'training' && gpuCount > 1) return [];
  const bytes = launch.kind === 'training' ? TRAINING_BYTES : modelSize.bytesPerParameter;
  const neededGib = (modelSize.billions * 1e9 * bytes * (1 + headroom)) / BYTES_PER_GIB;
  const perGpuGib = neededGib / Math.max(1, gpuCount);
  const offers = gpus.priced.filter(
    ({ provider }) => launch.provider === null || provider === launch.provider,
  );
  const current = cheapest(offers.filter(({ model }) => model === part.gpuModels[0]));
  if (current === undefined || current.memoryGib < 2 * perGpuGib) return [];
  const better = cheapest(
    offers.filter(({ memoryGib }) => memoryGib >= perGpuGib && memoryGib < current.memoryGib),
  );
  if (better === undefined || better.perGpuHourPicos >= current.perGpuHourPicos) return [];
  const saving = displayMoney(current.perGpuHourPicos - better.perGpuHourPicos, currency);
  return [
    objection(
      'gpuModel',
      `a model of ${modelSize.billions} billion parameters (${modelSize.from}) needs about ${perGpuGib.toFixed(1)} GiB per GPU, and ${current.model} has ${current.memoryGib} GiB`,
      `use ${better.model} (${better.memoryGib} GiB), ${saving} less per GPU-hour at list prices of ${better.provider}; check the latency first`,
    ),
  ];
}

function cheapest(offers: readonly PricedGpu[]): PricedGpu | undefined {
  return offers.toSorted((a, b) => (a.perGpuHourPicos < b.perGpuHourPicos ? -1 : 1))[0];
}
