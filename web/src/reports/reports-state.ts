import type { DocumentKind } from '../../../src/app/results/documents.ts';
import { searchText } from '../state/url-state.ts';

/** Which document, of which month: all of it in the address. */
export type ReportsState = Readonly<{
  kind: DocumentKind;
  /** `2026-10`; `null` for the last whole month that has data. */
  month: string | null;
  /** Of a showback. */
  team: string | null;
  /** Of a chargeback. */
  by: ChargebackDimension;
}>;

export const CHARGEBACK_DIMENSIONS = ['team', 'model', 'environment', 'workload', 'pool'] as const;
export type ChargebackDimension = (typeof CHARGEBACK_DIMENSIONS)[number];

/** `label` is short enough for four of them beside each other on a phone. */
export const KINDS: readonly Readonly<{
  kind: DocumentKind;
  label: string;
  title: string;
  isFor: string;
}>[] = [
  { kind: 'board', label: 'Board', title: 'Board page', isFor: 'One page for those who decide.' },
  {
    kind: 'showback',
    label: 'Showback',
    title: 'Team showback',
    isFor: 'One team: what it cost, and what it can do.',
  },
  {
    kind: 'chargeback',
    label: 'Chargeback',
    title: 'Chargeback',
    isFor: 'Who bears what of the bill, to the cent.',
  },
  {
    kind: 'review',
    label: 'Review',
    title: 'Monthly review',
    isFor: 'The board page, what changed, and what came of promises.',
  },
];

export function readReportsState(search: string): ReportsState {
  const query = new URLSearchParams(search);
  const month = query.get('month');
  return {
    kind: KINDS.find(({ kind }) => kind === query.get('kind'))?.kind ?? 'board',
    month: month !== null && /^\d{4}-\d{2}$/.test(month) ? month : null,
    team: query.get('team') || null,
    by: CHARGEBACK_DIMENSIONS.find((name) => name === query.get('by')) ?? 'team',
  };
}

/** What is the default, or means nothing for this document, is left out. */
export function writeReportsState({ kind, month, team, by }: ReportsState): string {
  const query = new URLSearchParams();
  if (kind !== 'board') query.set('kind', kind);
  if (month) query.set('month', month);
  if (team && kind === 'showback') query.set('team', team);
  if (by !== 'team' && kind === 'chargeback') query.set('by', by);
  return searchText(query);
}

/** `null` as long as it is not said which team a showback is about. */
export function documentPath({ kind, month, team, by }: ReportsState, format: string): string | null {
  if (kind === 'showback' && team === null) return null;
  const query = new URLSearchParams();
  if (format !== 'json') query.set('format', format);
  if (month) query.set('from', month);
  if (kind === 'showback') query.set('team', team!);
  if (kind === 'chargeback') query.set('by', by);
  return `/api/v1/documents/${kind}${searchText(query)}`;
}

/** What makes the same file in a terminal. */
export function exportCommand({ kind, month, team, by }: ReportsState): string {
  const words = ['tare export', kind];
  if (kind === 'showback') words.push('--team', quoted(team ?? 'TEAM'));
  if (kind === 'chargeback') words.push('--by', by);
  if (month) words.push('--from', month);
  return [...words, '--out', `${kind}.pdf`].join(' ');
}

function quoted(word: string): string {
  return /^[\w.:/@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
