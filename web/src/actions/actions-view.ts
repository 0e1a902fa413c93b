import type { ActionLog, IdleTarget } from '../../../src/app/results/actions.ts';
import type { AdmissionReport } from '../../../src/app/results/admission.ts';
import { formatMinute } from '../format/dates.ts';

type Tone = Readonly<{ sign: string; text: string; tone: 'missing' | 'late' | 'current' }>;

const DECISIONS: Readonly<Record<string, Tone>> = {
  denied: { sign: '✕', text: 'refused', tone: 'missing' },
  would_deny: { sign: '✕', text: 'would be refused', tone: 'late' },
  warned: { sign: '▲', text: 'warned', tone: 'late' },
  unchecked: { sign: '?', text: 'let through unchecked', tone: 'missing' },
  allowed: { sign: '●', text: 'allowed', tone: 'current' },
};

export function decisionOf(decision: string): Tone {
  return DECISIONS[decision] ?? { sign: '●', text: decision.replaceAll('_', ' '), tone: 'current' };
}

const REASONS: Readonly<Record<string, string>> = {
  not_understood: 'nothing tells how many GPUs it starts',
  failed: 'a mistake of ours',
  late: 'the review came too slowly',
  overloaded: 'too many at once',
  malformed: 'the review could not be read',
  too_large: 'the review was too large',
  policy: 'an expression could not be computed',
  ledger: 'nothing recent was known of what is spent',
};

/** What the webhook simply allowed, which it counts and does not keep. */
export function answeredText(report: AdmissionReport | null): string {
  if (report?.answered == null) return 'What it simply allows is counted, and not kept.';
  const { since, decisions } = report.answered;
  const count = (kind: string) => decisions[kind] ?? 0;
  return `Since ${formatMinute(since)} UTC it allowed ${count('allowed')}, warned of ${count('warned')}, refused ${count('denied')} and let ${count('unchecked')} through unchecked; ${count('nothing')} had no GPU, or were judged elsewhere. Plain yeses are not listed.`;
}

/** Why something was not judged, in words. */
export function reasonText(reason: string): string {
  return REASONS[reason] ?? reason.replaceAll('_', ' ');
}

const ACTION_WORDS: Readonly<Record<IdleTarget['action'], string>> = {
  'suspend-notebook': 'suspend the notebook',
  'scale-to-zero': 'scale to zero',
  release: 'release its GPUs',
};

export function actionText(action: IdleTarget['action']): string {
  return ACTION_WORDS[action];
}

/** The dry run of one target: asks the cluster, changes nothing. */
export function tryCommand({ target }: Pick<IdleTarget, 'target'>): string {
  return `tare act --kubeconfig ~/.kube/config --only ${quoted(target)}`;
}

type LogRow = ActionLog['rows'][number];

/** What takes an action back; `null` where nothing does. */
export function undoCommand({ id, state, undo }: LogRow): string | null {
  return state === 'done' && undo !== null ? `tare act undo ${id} --kubeconfig ~/.kube/config` : null;
}

export const LOG_STATES: Readonly<Record<LogRow['state'], Tone>> = {
  begun: { sign: '?', text: 'begun, and no word of its end', tone: 'late' },
  done: { sign: '●', text: 'done', tone: 'current' },
  failed: { sign: '✕', text: 'failed', tone: 'missing' },
  undone: { sign: '↶', text: 'taken back', tone: 'current' },
};

/** For a shell, where a name is no plain word. */
function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
