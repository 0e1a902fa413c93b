import { ActionIcon } from '@mantine/core';
import { useId } from 'react';
import { Link } from './link.tsx';
import type { PageEntry, PageName } from './page-list.ts';
import { PAGES } from './page-list.ts';
import type { PageGroup } from './page-tree.ts';
import { currentMark, pageTree } from './page-tree.ts';
import { useMenu } from './use-menu.ts';

type NavigationProps = Readonly<{
  page: PageName | null;
  /** What the links to other pages take along: the window. */
  search: string;
}>;

const GROUPS = pageTree(PAGES);

/** One row of groups, and the pages of the open group in a second one; a menu of all of them where there is no room for rows. */
export function Navigation({ page, search }: NavigationProps) {
  const id = useId();
  const { isOpen, toggle, close, ref } = useMenu<HTMLElement>();
  return (
    <nav className="pages" aria-label="Pages" ref={ref} data-open={isOpen || undefined}>
      <ActionIcon
        className="pages-menu"
        variant="default"
        size="input-xs"
        aria-label="Menu of pages"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={toggle}
      >
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M3 5.5h14M3 10h14M3 14.5h14" />
        </svg>
      </ActionIcon>
      <ul id={id} className="page-groups">
        {GROUPS.map((group) => (
          <GroupEntry key={group.top.name} group={group} page={page} search={search} onGo={close} />
        ))}
      </ul>
    </nav>
  );
}

type GroupEntryProps = NavigationProps & Readonly<{ group: PageGroup; onGo: () => void }>;

function GroupEntry({ group, page, search, onGo }: GroupEntryProps) {
  const mark = currentMark(group, page);
  const linkTo = ({ name, path }: PageEntry, current: 'page' | 'true' | undefined) => (
    <Link href={`${path}${search}`} aria-current={current} onGo={onGo}>
      {name}
    </Link>
  );
  return (
    <li>
      {linkTo(group.top, mark)}
      {group.below.length > 0 && (
        <ul className="pages-below" data-open={mark !== undefined || undefined}>
          {group.below.map((entry) => (
            <li key={entry.name}>{linkTo(entry, entry.name === page ? 'page' : undefined)}</li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** Whether the header has a second row: the open page stands in a group. */
export function hasSecondRow(page: PageName | null): boolean {
  return GROUPS.some((group) => group.below.length > 0 && currentMark(group, page) !== undefined);
}
