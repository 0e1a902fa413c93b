import type { ReactNode } from 'react';

type SortHeadProps = Readonly<{
  children: ReactNode;
  isNumber?: boolean;
  /** `null`: the table is in another order. */
  order: 'ascending' | 'descending' | null;
  onSort: () => void;
}>;

/** The heading of a column that orders the table. */
export function SortHead({ children, isNumber = true, order, onSort }: SortHeadProps) {
  return (
    <th scope="col" className={isNumber ? 'number' : undefined} aria-sort={order ?? undefined}>
      <button type="button" className="sort" onClick={onSort}>
        {children}
        <span className="sort-sign" aria-hidden="true">
          {order === null ? '' : order === 'descending' ? '▼' : '▲'}
        </span>
      </button>
    </th>
  );
}
