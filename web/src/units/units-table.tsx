import type { InferenceReport } from '../../../src/app/results/inference.ts';
import { countOf } from '../format/quantity.ts';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { SortHead } from '../frame/sort-head.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { endpointAddress } from './list-address.ts';
import type { CellView } from './unit-cells.ts';
import { sortRows, unitCell } from './unit-cells.ts';
import { GROUPING_NAMES, groupAddress, groupWords } from './unit-choices.ts';
import type { ColumnLook, ColumnName } from './units-columns.ts';
import { COLUMNS, shownColumns } from './units-columns.ts';
import type { Grouping, UnitsState } from './units-state.ts';

type UnitsTableProps = Readonly<{
  report: InferenceReport;
  state: UnitsState;
  change: ChangeState<UnitsState>;
}>;

/** What each group costs, how fast and how good it is, and what it earns. */
export function UnitsTable({ report, state, change }: UnitsTableProps) {
  const columns = shownColumns(state.columns);
  const { rows, rest, total, currency } = report;
  const by = report.by as readonly Grouping[];
  if (rows.length === 0) return <p className="quiet runs-none">Nothing in this window is like that.</p>;
  return (
    <>
      <Scroller label="Table of unit costs" className="scroller units-scroller">
        <table className="grid units tall-heads">
          <thead>
            <tr>
              {by.map((name) => (
                <th key={name} scope="col" className="group-head">
                  {capital(GROUPING_NAMES[name] ?? name)}
                </th>
              ))}
              {columns.map((name) => (
                <Head key={name} name={name} state={state} change={change} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sortRows(rows, state.sort, state.isDescending).map((row) => (
              <tr
                key={by.map((name) => String(row[name])).join('\n')}
                data-losing={row.isLosingMoney || undefined}
              >
                {by.map((name, index) => (
                  <GroupCell key={name} name={name} value={String(row[name])} state={state}>
                    {index === 0 && row.isLosingMoney && <span className="row-note bad">▼ loses money</span>}
                    {index === 0 && row.requests === 0 && row.cost !== null && (
                      <span className="row-note unpriced">paid for, nobody asks</span>
                    )}
                  </GroupCell>
                ))}
                {columns.map((name) => (
                  <Cell key={name} view={unitCell(row, name, currency)} column={name} />
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            {rest && (
              <tr>
                <th scope="row" colSpan={by.length}>
                  {countOf(rest.rows, 'more row')}
                </th>
                {columns.map((name) => (
                  <Cell key={name} view={unitCell(rest, name, currency)} column={name} />
                ))}
              </tr>
            )}
            <tr>
              <th scope="row" colSpan={by.length}>
                Total
              </th>
              {columns.map((name) => (
                <Cell key={name} view={unitCell(total, name, currency)} column={name} />
              ))}
            </tr>
          </tfoot>
        </table>
      </Scroller>
      <p className="note units-foot">{splitNote(report)}</p>
    </>
  );
}

type HeadProps = Readonly<{ name: ColumnName; state: UnitsState; change: ChangeState<UnitsState> }>;

function Head({ name, state, change }: HeadProps) {
  const isSorted = state.sort === name;
  const { title }: ColumnLook = COLUMNS[name];
  return (
    <SortHead
      order={isSorted ? (state.isDescending ? 'descending' : 'ascending') : null}
      onSort={() => change({ sort: name, isDescending: isSorted ? !state.isDescending : true })}
    >
      {title}
    </SortHead>
  );
}

type GroupCellProps = Readonly<{
  name: Grouping;
  value: string;
  state: UnitsState;
  children: React.ReactNode;
}>;

/** An endpoint leads to its receipt; other groups to the page filtered by them. What is not known has no name to filter by. */
function GroupCell({ name, value, state, children }: GroupCellProps) {
  const words = groupWords(name, value);
  const address =
    name === 'endpoint'
      ? endpointAddress(state, value)
      : value === 'none'
        ? null
        : groupAddress(state, name, value);
  return (
    <th scope="row">
      {address ? <Link href={address}>{words}</Link> : words}
      {children}
    </th>
  );
}

export function Cell({ view, column }: Readonly<{ view: CellView; column: ColumnName }>) {
  return (
    <td className={`number unit-${column}`}>
      {view.isGap ? (
        <span className="unpriced">{view.text}</span>
      ) : (
        <span className={view.isBad ? 'bad' : undefined}>
          <Figure text={view.text} exact={view.exact} />
        </span>
      )}
      {view.note && <span className={view.isBad ? 'cell-note bad' : 'cell-note'}>{view.note}</span>}
    </td>
  );
}

/** How input and output were told apart, as the command line says it. */
function splitNote({ rows, total }: InferenceReport): string {
  const splits = [...rows, total].flatMap(({ tokenSplit }) => tokenSplit ?? []);
  const weight = splits.find((split) => split.weight !== null)?.weight ?? null;
  const notes = [
    splits.some(({ method }) => method !== 'declared') &&
      'Input and output share a cost by their seconds of prefill and decode.',
    weight !== null && `Where these are not measured, by a weight of ${weight} for each token.`,
    'Of an API, a call’s price does not say how input and output share it.',
  ];
  return notes.filter(Boolean).join(' ');
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
