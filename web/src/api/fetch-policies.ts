import type {
  PoliciesReport,
  PolicyPreview,
  PolicyReadingReport,
} from '../../../src/app/results/policies.ts';
import type { WindowState } from '../state/url-state.ts';
import { askApi, hasParts, sendApi } from './ask-api.ts';

/** The policies in force, and what others can be written with. Rejects with a `ProblemError`, as the others. */
export function fetchPolicies(signal: AbortSignal): Promise<PoliciesReport> {
  return askApi('/api/v1/policies', signal, (body): body is PoliciesReport =>
    hasParts(body, ['text', 'rules', 'names']),
  );
}

/** What a text says, and what is wrong with it. */
export function readPolicies(text: string): Promise<PolicyReadingReport> {
  return sendApi('POST', '/api/v1/policies/read', { text }, (body): body is PolicyReadingReport =>
    hasParts(body, ['policies', 'mistakes', 'changes']),
  );
}

/** What it would have stopped. */
export function previewPolicies(text: string, { from, to }: WindowState): Promise<PolicyPreview> {
  return sendApi('POST', '/api/v1/policies/preview', { text, from, to }, (body): body is PolicyPreview =>
    hasParts(body, ['rows', 'stopped', 'mistakes']),
  );
}
