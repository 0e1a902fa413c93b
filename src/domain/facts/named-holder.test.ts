import { expect, test } from 'vitest';
import { findNamedHolder } from './named-holder.ts';

test.each([
  [{ lr: '0.1' }, null, null],
  [{ 'tare.workload_id': 'ml/train-7', SLURM_JOB_ID: '4711' }, null, 'ml/train-7'],
  [{ SLURM_JOB_ID: '4711' }, null, 'job:4711'],
  [{ slurm_job_id: '4711', SLURM_CLUSTER_NAME: 'prod' }, null, 'job:4711'],
  [{ slurm_job_id: '4711' }, 'prod', 'slurm:prod:4711'],
  [{ 'slurm.job_id': '4711', SLURM_CLUSTER_NAME: 'spare' }, 'prod', 'slurm:spare:4711'],
  [{ SLURM_JOB_ID: '4711', SLURM_RESTART_COUNT: '1' }, 'prod', 'slurm:prod:4711:2'],
  [{ SLURM_JOB_ID: '4711', SLURM_RESTART_COUNT: '0' }, 'prod', 'slurm:prod:4711'],
  [
    { SLURM_JOB_ID: '4715', SLURM_ARRAY_JOB_ID: '4711', SLURM_ARRAY_TASK_ID: '3' },
    'prod',
    'slurm:prod:4711_3',
  ],
  [{ SLURM_JOB_ID: '4715', SLURM_ARRAY_JOB_ID: '4711', SLURM_ARRAY_TASK_ID: '3' }, null, 'job:4715'],
  [{ POD_NAME: 'train-7', POD_NAMESPACE: 'ml' }, null, 'ml/train-7'],
  [{ 'k8s.pod.name': 'train-7', 'k8s.namespace.name': 'ml' }, null, 'ml/train-7'],
  [{ pod_name: 'train-7' }, null, 'train-7'],
  [{ pod_name: ' ' }, null, null],
])('%j, cluster %s: %s', (carried, slurmCluster, expected) => {
  expect(findNamedHolder(Object.entries(carried as Record<string, string>), { slurmCluster })).toBe(expected);
});
