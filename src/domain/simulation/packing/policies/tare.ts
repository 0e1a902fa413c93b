import { modelPressure } from '../model-pressure.ts';
import { gpuMilliOf } from '../workload.ts';
import { createLeastWaste } from './least-waste.ts';
import type { Policy, PolicyParts } from './policy.ts';

/** Chosen on seeds 1–4; the figures in the methodology are of seeds 42–51. */
const STRANDED_WEIGHT = 0.2;
const PRESSURE_WEIGHT = 0.5;
const STEP_MILLI = 10;

/**
 * Tare's own: fragmentation gradient descent that also sees stranded GPUs and sought-after models.
 *
 * FGD asks whether one more typical pod fits. A node with eight free GPUs and CPU for one pod passes that test, and seven GPUs are
 * lost. Here a fifth of the GPUs that the CPU would not reach, were the node filled with the pod, counts as waste too. A pod that may
 * run anywhere pays for taking a model that others depend on. And the change is rounded up to steps of a hundredth of a GPU, four
 * times as fine as FGD's near zero and of one size everywhere: what wastes nothing stays apart from what wastes little, and equal
 * nodes still tie, so that the first is filled up.
 */
export function createTare(parts: PolicyParts): Policy {
  const { cluster, specs, typical } = parts;
  const pressure = modelPressure(cluster, typical);
  const leastWaste = createLeastWaste(parts, {
    strandedWeight: STRANDED_WEIGHT,
    // The tiny amount keeps a rounding error of the sums from making a step.
    scoreOf: (addedMilli) => -Math.ceil(addedMilli / STEP_MILLI - 1e-9),
  });
  return {
    ...leastWaste,
    score(node, spec) {
      const soughtMilli = PRESSURE_WEIGHT * pressure[cluster.modelOf[node]!]! * gpuMilliOf(specs[spec]!);
      return leastWaste.score!(node, spec) - Math.round(soughtMilli / STEP_MILLI);
    },
  };
}
