import type { NameKind } from '../../ports/name-search.ts';

/** What has a name that holds the text. */
export type SearchResult = Readonly<{
  text: string;
  /** Best fits first; among equals by kind, then by name. */
  rows: readonly SearchRow[];
  /** More names hold the text than are listed. */
  isCut: boolean;
}>;

export type SearchRow = Readonly<{
  kind: NameKind;
  /** What names it elsewhere: the id of a run, the name of anything else. */
  id: string;
  name: string;
  /** Whose it is or where it stands; `null` where nothing says so. */
  detail: string | null;
}>;

/** Pages of the dashboard under names, by name. */
export type ViewList = Readonly<{ rows: readonly ViewRow[] }>;

export type ViewRow = Readonly<{
  name: string;
  /** Within the dashboard: `/explore?by=team`. */
  address: string;
  /** Opens the same, whatever the name stands for by then: `/views/NAME`. */
  link: string;
  savedAt: string;
}>;
