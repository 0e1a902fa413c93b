import { findNamedHolder, type HolderNaming } from '../../domain/facts/named-holder.ts';
import { gpusOf } from './gpu-samples.ts';
import type { MlflowRun } from './parse-run.ts';
import { ownRunId } from './run-facts.ts';

export type Holder = Readonly<{
  workloadId: string | null;
  /** The devices are the run's own: nobody else knows them. */
  isOwn: boolean;
}>;

/** A parent of a parent of a parent …; a circle of parents ends here. */
const MOST_ANCESTORS = 10;

/**
 * Who holds the devices that a run runs on: the workload that it names; else whoever holds those of the run it is nested in, because
 * nested runs share the process of their parent, and each of them logs the same GPUs; else the run itself, when it logged GPU
 * metrics; else nobody knows.
 */
export async function findHolder(
  run: MlflowRun,
  naming: HolderNaming,
  lookUp: (runId: string) => Promise<MlflowRun | undefined>,
  depth = 0,
): Promise<Holder> {
  const carried = [...Object.entries(run.parameters), ...Object.entries(run.tags)];
  const named = findNamedHolder(carried, naming);
  if (named !== null) return { workloadId: named, isOwn: false };

  const parentId = run.tags['mlflow.parentRunId'];
  const parent = parentId && depth < MOST_ANCESTORS ? await lookUp(parentId) : undefined;
  if (parent) {
    const { workloadId } = await findHolder(parent, naming, lookUp, depth + 1);
    if (workloadId !== null) return { workloadId, isOwn: false };
  }
  const isOwn = gpusOf(run).length > 0;
  return { workloadId: isOwn ? ownRunId(run.runId) : null, isOwn };
}
