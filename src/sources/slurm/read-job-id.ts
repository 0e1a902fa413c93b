/** A job as `sacct` names it: `4711`, an array's task `4711_3`, a component of a heterogeneous job `4711+1`. */
export type JobId = Readonly<{
  /** What requeues and components have in common: `4711`, `4711_3`. */
  base: string;
  /** Component of a heterogeneous job; 0 for every other job. */
  component: number;
  /** The array that a task belongs to. */
  array: string | null;
  /** Tasks of an array that wait together, `4711_[5-10%2]`; each becomes a job when it starts. */
  isTaskRange: boolean;
}>;

export type ReadJobId = JobId | 'step' | 'unknown';

const JOB = /^(\d+)(?:_(\d+|\[[^\]]*\]))?(?:\+(\d+))?(\..+)?$/;

export function readJobId(text: string): ReadJobId {
  const match = JOB.exec(text);
  if (!match) return 'unknown';
  const [, job, task, component = '0', step] = match;
  if (step !== undefined) return 'step';
  return {
    base: task === undefined ? job! : `${job}_${task}`,
    component: Number(component),
    array: task === undefined ? null : job!,
    isTaskRange: task?.startsWith('[') ?? false,
  };
}
