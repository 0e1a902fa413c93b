import type { IdleCause } from '../../domain/levers/idle-causes.ts';
import type { LeverName } from '../../domain/levers/proposal.ts';

/** One thing that is wrong with the invented fleet on purpose, and what has to be found. */
export type PlantedLeak = Readonly<{
  /** Name of the workload; `pool NAME` where nobody holds. */
  what: string;
  /** Why its time is idle, for most of it. */
  cause: IdleCause;
  /** The lever that names it; `null` where none helps, and the cause is all there is to say. */
  lever: LeverName | null;
}>;

export const PLANTED_LEAKS: readonly PlantedLeak[] = [
  // Four H100 for testers who go home at six.
  { what: 'answer-llm-70b-staging', cause: 'no-traffic', lever: 'scale-to-zero' },

  // Nobody has asked it since its successor came.
  { what: 'answer-llm-13b', cause: 'no-traffic', lever: 'scale-to-zero' },

  // Open through nights and weekends.
  { what: 'notebook-amara', cause: 'forgotten', lever: 'reclaim' },
  { what: 'notebook-bruno', cause: 'forgotten', lever: 'reclaim' },
  { what: 'notebook-chen', cause: 'forgotten', lever: 'reclaim' },
  { what: 'notebook-divya', cause: 'forgotten', lever: 'reclaim' },
  { what: 'notebook-emil', cause: 'forgotten', lever: 'reclaim' },
  // Nobody knows whose it is, and nobody has ever used the other.
  { what: 'jupyter-old', cause: 'forgotten', lever: 'reclaim' },
  { what: 'test-pod', cause: 'forgotten', lever: 'reclaim' },

  // Small models with a GPU each.
  { what: 'demo-bot', cause: 'waiting-for-batch', lever: 'share' },
  { what: 'spell-checker', cause: 'waiting-for-batch', lever: 'share' },

  // Takes requests one by one on four GPUs.
  { what: 'intent-classifier', cause: 'waiting-for-batch', lever: 'batch' },
  // Three GPUs of work on two machines of four.
  { what: 'pool batch-small', cause: 'did-not-fit', lever: 'pack' },

  // Waits for its data loader more than it computes: more workers would help, and no lever of the fleet.
  { what: 'feature-crosses', cause: 'loading', lever: null },
];

/** Workloads that nothing is wrong with: whatever is advised on them is wrong. */
export const HEALTHY_WORKLOADS: readonly string[] = [
  'answer-llm-70b',
  'query-rewrite-8b',
  'embedder',
  'reranker',
  'speech-to-text',
  'scorer',
  'thumbnails',
  'log-embeddings',
  'nightly-reindex',
  'offline-eval',
  'distill-student',
  'two-tower-pretrain',
  'ctr-transformer',
  'nightly-ctr',
  'moe-scaling',
  'vision-pretrain',
];
