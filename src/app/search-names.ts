import { FITS, type FoundName, NAME_KINDS, type NameSearch } from '../ports/name-search.ts';
import { compareText } from './figures/compare-text.ts';
import type { SearchResult } from './results/search.ts';

export type SearchRequest = Readonly<{
  text: string;
  /** Names to list at most. */
  limit: number;
}>;

export const DEFAULT_NAMES = 30;
export const MOST_NAMES = 100;
/** Nobody types more; a longer text is cut. */
const LONGEST_TEXT = 200;

/** Teams, models, endpoints, workloads, runs, pools, GPU models, nodes and devices whose name holds the text. */
export async function searchNames(store: NameSearch, request: SearchRequest): Promise<SearchResult> {
  const text = request.text.trim().slice(0, LONGEST_TEXT);
  const limit = Math.min(Math.max(request.limit, 1), MOST_NAMES);
  // One more of each kind than is listed tells whether something was left out.
  const found = await store.findNames(text, limit + 1);
  const rows = found.toSorted(byFit).slice(0, limit);
  return {
    text,
    rows: rows.map(({ kind, id, name, detail }) => ({ kind, id, name, detail: detail || null })),
    isCut: found.length > limit,
  };
}

function byFit(a: FoundName, b: FoundName): number {
  return (
    FITS.indexOf(a.fit) - FITS.indexOf(b.fit) ||
    NAME_KINDS.indexOf(a.kind) - NAME_KINDS.indexOf(b.kind) ||
    compareText(a.name, b.name) ||
    compareText(a.id, b.id)
  );
}
