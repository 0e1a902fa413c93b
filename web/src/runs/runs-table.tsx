import { Button } from '@mantine/core';
import type { RunGroupRow, RunRow, RunsReport } from '../../../src/app/results/runs.ts';
import { BucketName } from '../buckets/bucket-name.tsx';
import { countOf, formatCount } from '../format/quantity.ts';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { pathBelow } from '../frame/page-list.ts';
import { Scroller } from '../frame/scroller.tsx';
import { SortHead } from '../frame/sort-head.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { groupAddress } from './group-address.ts';
import type { CellView } from './run-cells.ts';
import { LOST_STATES, notesOf, runCell, stateText, sumCell } from './run-cells.ts';
import { GROUPING_NAMES } from './run-choices.ts';
import type { ColumnLook, ColumnName } from './runs-columns.ts';
import { COLUMNS, shownColumns } from './runs-columns.ts';
import type { RunsState } from './runs-state.ts';
import { PAGE_ROWS } from './runs-state.ts';

type RunsTableProps = Readonly<{
  report: RunsReport;
  state: RunsState;
  change: ChangeState<RunsState>;
}>;

/** One page of runs, or of groups of them, and the total of everything selected. */
export function RunsTable({ report, state: asked, change }: RunsTableProps) {
  // While other groups are on their way, the rows are still those of the ones before.
  const state = { ...asked, by: report.by as RunsState['by'] };
  const isGrouped = report.by.length > 0;
  const columns = shownColumns(state.columns, report.metric !== null, isGrouped);
  const figures = isGrouped ? columns : columns.filter((name) => name !== 'name');
  const { total, currency } = report;
  if (report.rows.length === 0) {
    return <p className="quiet runs-none">Nothing in this window is like that.</p>;
  }
  return (
    <>
      <Scroller label="Table of runs" className="scroller runs-scroller">
        <table className="grid runs tall-heads">
          <thead>
            <tr>
              {isGrouped ? (
                <GroupHeads by={state.by} />
              ) : (
                <Head name="name" state={state} change={change} metric={null} />
              )}
              {isGrouped && (
                <th scope="col" className="number">
                  Runs
                </th>
              )}
              {figures.map((name) => (
                <Head key={name} name={name} state={state} change={change} metric={state.metric} />
              ))}
            </tr>
          </thead>
          <tbody>
            {report.rows.map((row) =>
              isGrouped ? (
                <GroupLine
                  key={state.by.map((name) => String((row as RunGroupRow)[name])).join('\n')}
                  row={row as RunGroupRow}
                  columns={figures}
                  state={state}
                  currency={currency}
                />
              ) : (
                <RunLine
                  key={(row as RunRow).runId}
                  row={row as RunRow}
                  columns={figures}
                  state={state}
                  change={change}
                  currency={currency}
                />
              ),
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={Math.max(1, state.by.length)}>
                Total{isGrouped ? '' : ` of ${countOf(total.runs, 'run')}`}
                {total.unknownRuns > 0 && (
                  <span className="row-note unpriced">
                    ? without {countOf(total.unknownRuns, 'run')} of unknown cost
                  </span>
                )}
              </th>
              {isGrouped && <td className="number">{formatCount(total.runs)}</td>}
              {figures.map((name) => (
                <Cell key={name} view={sumCell(total, name, currency)} column={name} />
              ))}
            </tr>
          </tfoot>
        </table>
      </Scroller>
      <Pager report={report} state={state} change={change} />
    </>
  );
}

type HeadProps = Readonly<{
  name: ColumnName;
  state: RunsState;
  change: ChangeState<RunsState>;
  metric: string | null;
}>;

function Head({ name, state, change, metric }: HeadProps) {
  const { title, bucket, kind, sort }: ColumnLook = COLUMNS[name];
  const label = bucket ? <BucketName bucket={bucket} /> : name === 'quality' ? (metric ?? title) : title;
  const isNumber = isNumeric(kind);
  if (sort === null) {
    return (
      <th scope="col" className={isNumber ? 'number' : undefined}>
        {label}
      </th>
    );
  }
  const isSorted = state.sort === sort;
  return (
    <SortHead
      isNumber={isNumber}
      order={isSorted ? (state.isDescending ? 'descending' : 'ascending') : null}
      onSort={() =>
        change({ sort, isDescending: isSorted ? !state.isDescending : largestFirst(name), page: 1 })
      }
    >
      {label}
    </SortHead>
  );
}

function isNumeric(kind: ColumnLook['kind']): boolean {
  return kind !== 'text' && kind !== 'instant';
}

/** Words come in order, figures largest first; of what a point costs, least is best. */
function largestFirst(name: ColumnName): boolean {
  return COLUMNS[name].kind !== 'text' && name !== 'costPerPoint';
}

type RunLineProps = Readonly<{
  row: RunRow;
  columns: readonly ColumnName[];
  state: RunsState;
  change: ChangeState<RunsState>;
  currency: string;
}>;

function RunLine({ row, columns, state, change, currency }: RunLineProps) {
  const isChosen = state.compare.includes(row.runId);
  const compare = isChosen
    ? state.compare.filter((id) => id !== row.runId)
    : [...state.compare, row.runId].slice(-2);
  const notes = columns.includes('notes') ? [] : notesOf(row);
  return (
    <tr data-chosen={isChosen || undefined}>
      <th scope="row">
        <div className="run-name">
          <input
            type="checkbox"
            aria-label={`Compare ${row.name}`}
            title="Compare"
            checked={isChosen}
            onChange={() => change({ compare })}
          />
          <span>
            <Link href={pathBelow('Runs', row.runId)} title={row.runId}>
              {row.name}
            </Link>
            {notes.map((note) => (
              <span key={note} className="row-note">
                {note}
              </span>
            ))}
          </span>
        </div>
      </th>
      {columns.map((name) => (
        <Cell key={name} view={runCell(row, name, currency)} column={name} tone={toneOf(row, name)} />
      ))}
    </tr>
  );
}

function toneOf({ state }: RunRow, column: ColumnName): string | undefined {
  return column === 'state' && LOST_STATES.includes(state) ? 'bad' : undefined;
}

type CellProps = Readonly<{ view: CellView; column: ColumnName; tone?: string | undefined }>;

function Cell({ view, column, tone }: CellProps) {
  const { kind } = COLUMNS[column];
  const isNumber = isNumeric(kind);
  return (
    <td className={isNumber ? 'number' : kind === 'instant' ? 'instant' : `words-${column}`}>
      {view.isGap ? (
        <span className="unpriced">{view.text}</span>
      ) : isNumber ? (
        <Figure text={view.text} exact={view.exact} isEstimate={view.isEstimate ?? false} />
      ) : (
        <span className={tone} title={view.exact}>
          {view.text}
        </span>
      )}
      {view.note && <span className="cell-note">{view.note}</span>}
    </td>
  );
}

function GroupHeads({ by }: Readonly<{ by: RunsState['by'] }>) {
  return by.map((name) => (
    <th key={name} scope="col" className="group-head">
      {capital(GROUPING_NAMES[name])}
    </th>
  ));
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type GroupLineProps = Readonly<{
  row: RunGroupRow;
  columns: readonly ColumnName[];
  state: RunsState;
  currency: string;
}>;

/** A group leads to its runs where the page can filter by what it is grouped by. */
function GroupLine({ row, columns, state, currency }: GroupLineProps) {
  return (
    <tr>
      {state.by.map((name) => {
        const value = String(row[name] ?? '');
        const words = name === 'state' ? stateText(value) : value;
        const address = groupAddress(state, name, value);
        return (
          <th key={name} scope="row">
            {address ? <Link href={address}>{words}</Link> : words}
            {name === state.by[0] && row.unknownRuns > 0 && (
              <span className="row-note unpriced">? {countOf(row.unknownRuns, 'run')} of unknown cost</span>
            )}
          </th>
        );
      })}
      <td className="number">{formatCount(row.runs)}</td>
      {columns.map((name) => (
        <Cell key={name} view={sumCell(row, name, currency)} column={name} />
      ))}
    </tr>
  );
}

function Pager({ report, state, change }: RunsTableProps) {
  const first = report.offset + 1;
  const last = report.offset + report.rows.length;
  const isOnlyPage = report.offset === 0 && report.nextOffset === null;
  const isGrouped = report.by.length > 0;
  return (
    <nav className="pager" aria-label="Pages of the table">
      <span>
        {formatCount(first)}–{formatCount(last)}
        {isGrouped
          ? isOnlyPage
            ? ` of ${countOf(last, 'group')}`
            : ' groups'
          : ` of ${countOf(report.total.runs, 'run')}`}
      </span>
      {!isOnlyPage && (
        <>
          <Button
            size="xs"
            variant="default"
            disabled={state.page <= 1}
            onClick={() => change({ page: state.page - 1 })}
          >
            Page before
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={report.nextOffset === null}
            onClick={() => change({ page: Math.floor(report.offset / PAGE_ROWS) + 2 })}
          >
            Next page
          </Button>
        </>
      )}
    </nav>
  );
}
