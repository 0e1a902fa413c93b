import { allowedModels, type Cluster } from './cluster.ts';
import type { TypicalPod } from './typical-pods.ts';
import { gpuMilliOf, WHOLE_GPU_MILLI } from './workload.ts';

/**
 * How sought after each GPU model is by pods that may not run everywhere: what they would ask of it, spread evenly over the models
 * they allow, once as much is asked for in all as there are GPUs; as a share of the GPUs of that model. Above 1 not all can be served.
 */
export function modelPressure(cluster: Cluster, typical: readonly TypicalPod[]): Float64Array {
  const capacityMilli = capacityByModel(cluster);
  const pressure = new Float64Array(cluster.models.length);
  const askedMilli = typical.reduce((sum, pod) => sum + pod.weight * gpuMilliOf(pod), 0);
  if (askedMilli === 0) return pressure;
  for (const pod of typical) {
    if (pod.models.length === 0) continue;
    const allowed = allowedModels(cluster, pod);
    const reachableMilli = capacityMilli.reduce((sum, milli, model) => sum + milli * allowed[model]!, 0);
    if (reachableMilli === 0) continue;
    const share = (pod.weight * gpuMilliOf(pod)) / askedMilli;
    for (let model = 0; model < pressure.length; model++) {
      pressure[model]! += (allowed[model]! * share * cluster.capacityMilli) / reachableMilli;
    }
  }
  return pressure;
}

function capacityByModel({ modelOf, gpusOf, models }: Cluster): Float64Array {
  const milli = new Float64Array(models.length);
  for (let node = 0; node < modelOf.length; node++) milli[modelOf[node]!]! += gpusOf[node]! * WHOLE_GPU_MILLI;
  return milli;
}
