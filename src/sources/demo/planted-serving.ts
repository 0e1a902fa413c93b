import type { Diagnosis } from '../../domain/economics/diagnose-endpoint.ts';

/** What is wrong with an endpoint of the invented company on purpose, and what the report has to call it. */
export const PLANTED_DIAGNOSES: readonly Readonly<{ endpoint: string; diagnosis: Diagnosis }>[] = [
  // Its callers moved to the next model.
  { endpoint: 'answer-llm-13b', diagnosis: 'no_traffic' },
  // In a rollout one replica carried what four are paid for.
  { endpoint: 'image-moderation', diagnosis: 'over_provisioned' },
  { endpoint: 'answer-llm-70b-staging', diagnosis: 'low_utilisation' },
  { endpoint: 'spell-checker', diagnosis: 'low_utilisation' },
];

/** Endpoints that are the right size for what is asked of them. */
export const HEALTHY_ENDPOINTS: readonly string[] = [
  'answer-llm-70b',
  'query-rewrite-8b',
  'embedder',
  'reranker',
  'scorer',
];

/** Sold below cost. */
export const PLANTED_LOSSES: readonly string[] = ['speech-to-text'];

/** Versions of a prompt that should not have been rolled out. */
export const PLANTED_PROMPTS: readonly Readonly<{
  prompt: string;
  good: string;
  bad: string;
  /** What a thousand requests cost with the bad one, at least, beside the good one. */
  dearer: number;
  isWorse: boolean;
}>[] = [
  { prompt: 'support-answer', good: 'v3', bad: 'v4', dearer: 1.8, isWorse: false },
  { prompt: 'answer', good: 'v7', bad: 'v8', dearer: 1.3, isWorse: true },
];
