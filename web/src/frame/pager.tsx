import { Button } from '@mantine/core';
import { countOf, formatCount } from '../format/quantity.ts';

type PagerProps = Readonly<{
  /** Rows before this page, on it, and all together. */
  offset: number;
  rows: number;
  total: number;
  /** `run`, of which there are several. */
  one: string;
  pageRows: number;
  isLast: boolean;
  onPage: (page: number) => void;
}>;

/** Which rows of how many, and the way to the others. */
export function Pager({ offset, rows, total, one, pageRows, isLast, onPage }: PagerProps) {
  const page = Math.floor(offset / pageRows) + 1;
  return (
    <nav className="pager" aria-label={`Pages of ${one}s`}>
      <span>
        {formatCount(rows === 0 ? 0 : offset + 1)}–{formatCount(offset + rows)} of {countOf(total, one)}
      </span>
      {!(page === 1 && isLast) && (
        <>
          <Button size="xs" variant="default" disabled={page <= 1} onClick={() => onPage(page - 1)}>
            Page before
          </Button>
          <Button size="xs" variant="default" disabled={isLast} onClick={() => onPage(page + 1)}>
            Next page
          </Button>
        </>
      )}
    </nav>
  );
}
