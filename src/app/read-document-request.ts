import { TareError } from './errors.ts';
import { readLedgerDimension, readWindow } from './read-request.ts';
import type { DocumentKind } from './results/documents.ts';
import type { DocumentRequest } from './tare.ts';

export type WrittenDocumentRequest = Readonly<{
  kind: DocumentKind;
  from?: string | undefined;
  to?: string | undefined;
  team?: string | undefined;
  by?: string | undefined;
}>;

/** What flags and queries say of a document. Without a window it is the last whole month that has data. */
export function readDocumentRequest(
  { kind, from, to, team, by }: WrittenDocumentRequest,
  nowMs: number,
): DocumentRequest {
  if (team !== undefined && kind !== 'showback')
    throw new TareError('usage', `a ${kind} is about everybody`, 'leave out the team, or take the showback');
  if (by !== undefined && kind !== 'chargeback')
    throw new TareError('usage', `a ${kind} is not split by anything`, 'leave that out, or take chargeback');
  if (team === undefined && kind === 'showback')
    throw new TareError('usage', 'a showback is about one team', 'name it: --team search, or team=search');
  return {
    kind,
    window: from === undefined && to === undefined ? null : readWindow(from, to, nowMs),
    team: team ?? null,
    by: by === undefined ? null : readLedgerDimension(by),
  };
}
