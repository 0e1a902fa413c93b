import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { Overview } from '../../../src/app/results/results.ts';
import { BucketName } from '../buckets/bucket-name.tsx';
import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { exactMoney, formatUnits, UNKNOWN, UNPRICED } from '../format/money.ts';
import { formatGpuHours, formatPercent, hoursText } from '../format/quantity.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { SortHead } from '../frame/sort-head.tsx';
import { ledgerCsv } from '../ledger/ledger-csv.ts';
import type { TeamColumn, TeamOrder, TeamRow } from './teams-view.ts';
import { OWNERLESS_MEANINGS, viewTeams } from './teams-view.ts';

const MOST = 12;

/** Showback: what each team's GPUs cost, how much of it was tare, and what stands beside them. */
export function Teams({ overview }: Readonly<{ overview: Overview }>) {
  const [order, setOrder] = useState<TeamOrder>({ column: 'total', isDescending: true });
  const [hasBuckets, setHasBuckets] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const view = viewTeams(overview, order, isWhole ? Number.POSITIVE_INFINITY : MOST);
  const columns = columnsOf(hasBuckets);
  const window = `${overview.from.slice(0, 10)}-${overview.to.slice(0, 10)}`;
  const sort = (column: TeamColumn): void =>
    setOrder((now) => ({
      column,
      isDescending: now.column === column ? !now.isDescending : column !== 'team',
    }));

  return (
    <Panel
      id="teams"
      title="Showback by team"
      note={`${overview.currency}; gross + direct + shared = total`}
      controls={
        <>
          <Switch
            size="xs"
            label="Six buckets"
            checked={hasBuckets}
            onChange={(event) => setHasBuckets(event.currentTarget.checked)}
          />
          <CsvButton
            what="Teams"
            fileName={`tare-teams-${window}.csv`}
            csv={() => ledgerCsv('team', (row) => row.team, overview.teams, overview.currency)}
          />
        </>
      }
    >
      <Scroller label="Teams">
        <table className="grid teams">
          <thead>
            <tr>
              {(['team', ...columns] as const).map((column) => (
                <SortHead
                  key={column}
                  isNumber={column !== 'team'}
                  order={orderOf(order, column)}
                  onSort={() => sort(column)}
                >
                  {titleOf(column)}
                </SortHead>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.rows.map((row) => (
              <TeamLine key={row.team} row={row} columns={columns} currency={overview.currency} />
            ))}
            {view.rest && <TeamLine row={view.rest} columns={columns} currency={overview.currency} />}
          </tbody>
          <tfoot>
            <TeamLine row={view.total} columns={columns} currency={overview.currency} />
          </tfoot>
        </table>
      </Scroller>
      {(view.rest || isWhole) && (
        <Button size="xs" variant="default" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show the largest only' : `Show all ${view.rows.length + (view.rest?.teams ?? 0)}`}
        </Button>
      )}
    </Panel>
  );
}

type NumberColumn = Exclude<TeamColumn, 'team'>;

function columnsOf(hasBuckets: boolean): readonly NumberColumn[] {
  return ['gpuHours', 'gross', ...(hasBuckets ? BUCKETS : []), 'tare', 'direct', 'shared', 'total'];
}

const HEADS: Readonly<Record<Exclude<TeamColumn, Bucket>, string>> = {
  team: 'Team',
  gpuHours: 'GPU-hours',
  gross: 'Gross',
  tare: 'Tare',
  direct: 'Direct',
  shared: 'Shared',
  total: 'Total',
};

function orderOf(order: TeamOrder, column: TeamColumn): 'ascending' | 'descending' | null {
  if (order.column !== column) return null;
  return order.isDescending ? 'descending' : 'ascending';
}

function titleOf(column: TeamColumn) {
  return isBucketColumn(column) ? <BucketName bucket={column} /> : HEADS[column];
}

type TeamLineProps = Readonly<{ row: TeamRow; columns: readonly NumberColumn[]; currency: string }>;

function TeamLine({ row, columns, currency }: TeamLineProps) {
  const meaning = OWNERLESS_MEANINGS[row.team];
  return (
    <tr data-ownerless={meaning ? true : undefined}>
      <th scope="row">
        {row.team}
        {meaning && <span className="row-note">{meaning}</span>}
        {row.unpriced !== 'none' && (
          <span className="row-note unpriced">? {formatGpuHours(row.unpricedGpuHours)} unpriced</span>
        )}
      </th>
      {columns.map((column) => (
        <td key={column} className="number">
          <TeamCell row={row} column={column} currency={currency} />
        </td>
      ))}
    </tr>
  );
}

function TeamCell({
  row,
  column,
  currency,
}: Readonly<{ row: TeamRow; column: NumberColumn; currency: string }>) {
  if (column === 'gpuHours') return hoursText(row.gpuHours);
  if (column === 'tare') return row.tareFraction === null ? UNKNOWN : formatPercent(row.tareFraction);
  if (row.unpriced === 'all' && (column === 'gross' || isBucketColumn(column))) {
    return <span className="unpriced">{UNPRICED}</span>;
  }
  const units = isBucketColumn(column) ? row.printed.buckets[column] : row.printed[column];
  return (
    <Figure
      text={formatUnits(units, currency, 2)}
      exact={exactOf(row, column, currency)}
      isEstimate={row.isEstimated && (column === 'gross' || column === 'total')}
    />
  );
}

function exactOf(row: TeamRow, column: NumberColumn, currency: string): string | undefined {
  const figures = row.figures;
  if (!figures) return undefined;
  if (column === 'direct' || column === 'shared') return exactMoney(figures[column], currency);
  if (column === 'total') return exactMoney(figures.totalCost, currency);
  return column === 'gross' || isBucketColumn(column)
    ? exactMoney(figures.cost[column], currency)
    : undefined;
}

function isBucketColumn(column: TeamColumn): column is Bucket {
  return BUCKETS.some((bucket) => bucket === column);
}
