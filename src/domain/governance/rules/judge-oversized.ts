import { displayMoney } from '../../money/display-money.ts';
import type { JudgedLaunch, Objection } from '../judged-launch.ts';
import type { LaunchPart } from '../launch.ts';
import type { PolicyRule } from '../policy.ts';
import { objection } from './objection.ts';

const BYTES_PER_GIB = 1024 ** 3;
/** Weights, gradients and both moments of Adam in mixed precision: 2 + 2 + 12 bytes a parameter (Rajbhandari et al., ZeRO, 2020, section 3). */
const TRAINING_BYTES = 16;

/**
 * "A model this small does not need that GPU": the memory that the model needs on all GPUs of one copy, against what a cheaper GPU has.
 * Objects only where a cheaper model with a known price would hold it on as many GPUs.
 */
export function judgeOversized(
  { headroom }: Extract<PolicyRule, { rule: 'oversized-gpu' }>,
  { launch, gpus, currency }: JudgedLaunch,
): readonly Objection[] {
  const { modelSize } = launch;
  const [part, ...others] = launch.parts;
  if (modelSize === null || part === undefined || others.length > 0) return [];
  const bytes = launch.kind === 'training' ? TRAINING_BYTES : modelSize.bytesPerParameter;
  const neededGib = (modelSize.billions * 1e9 * bytes * (1 + headroom)) / BYTES_PER_GIB;
  const perGpuGib = neededGib / Math.max(1, part.gpusPerNode * part.nodes);
  const [model, current] = currentOf(part, gpus);
  if (model === undefined || current === undefined) return [];

  const cheaper = gpus.priced
    .filter(({ memoryGib }) => memoryGib >= perGpuGib && memoryGib < current.memoryGib)
    .toSorted((a, b) => Number(a.perGpuHourPicos - b.perGpuHourPicos))
    .find(({ perGpuHourPicos }) => perGpuHourPicos < current.perGpuHourPicos);
  if (cheaper === undefined) return [];
  const saving = displayMoney(current.perGpuHourPicos - cheaper.perGpuHourPicos, currency);
  return [
    objection(
      'gpuModel',
      `a model of ${modelSize.billions} billion parameters (${modelSize.from}) needs about ${perGpuGib.toFixed(1)} GiB per GPU, and ${model} has ${current.memoryGib} GiB`,
      `use ${cheaper.model} (${cheaper.memoryGib} GiB), which costs ${saving} less per GPU-hour at list prices; check the latency first`,
    ),
  ];
}

function currentOf({ gpuModels: [model] }: LaunchPart, { priced }: JudgedLaunch['gpus']) {
  return [model, priced.find((gpu) => gpu.model === model)] as const;
}
