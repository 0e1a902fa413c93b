import type { PageEntry } from './page-list.ts';

/** An entry of the top row with those that stand beneath it. */
export type PageGroup = Readonly<{ top: PageEntry; below: readonly PageEntry[] }>;

/** Pages as the navigation shows them, in the order of the list. */
export function pageTree(pages: readonly PageEntry[]): readonly PageGroup[] {
  return pages
    .filter(({ under }) => under === undefined)
    .map((top) => ({ top, below: pages.filter(({ under }) => under === top.name) }));
}

/** `page` for the page itself, `true` for the entry whose page beneath is open, as `aria-current` takes them. */
export function currentMark({ top, below }: PageGroup, page: string | null): 'page' | 'true' | undefined {
  if (top.name === page) return 'page';
  return below.some(({ name }) => name === page) ? 'true' : undefined;
}
