import { SegmentedControl } from '@mantine/core';
import type { SpotRow } from '../../../src/app/results/spot.ts';
import type { SpotSort } from '../../../src/app/tare.ts';
import { fetchSpotCsv } from '../api/fetch-fit.ts';
import { UNKNOWN } from '../format/money.ts';
import { countOf, hoursText } from '../format/quantity.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Link } from '../frame/link.tsx';
import { Money } from '../frame/money-cell.tsx';
import { pathBelow } from '../frame/page-list.ts';
import { Pager } from '../frame/pager.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { SortHead } from '../frame/sort-head.tsx';
import { asSentence } from '../savings/lever-names.ts';
import { searchText, windowQuery } from '../state/url-state.ts';
import type { SpotPartProps } from './spot-part.ts';
import type { SpotState } from './spot-state.ts';
import { SPOT_PAGE_ROWS } from './spot-state.ts';
import { deadlineText, savedShare, secondsText } from './spot-view.ts';

/** One row for each run or workload: what it cost, what spot would have, and what interruptions would have done to it. */
export function SpotTable({ report, state, change }: SpotPartProps) {
  const { rows, total, currency } = report;
  return (
    <Panel
      id="spot-rows"
      title="Runs and workloads"
      note="Held, on spot and saved are of this window; on spot is an estimate, with checkpoints as often as planned and what interruptions waste."
      controls={<Controls report={report} state={state} change={change} />}
    >
      {state.workload && (
        <ul className="chosen" aria-label="Selected">
          <li>
            <button
              type="button"
              className="chip"
              aria-label={`Remove workload ${state.workload}`}
              onClick={() => change({ workload: null, page: 1 })}
            >
              <span className="quiet">workload</span> {state.workload}
              <span aria-hidden="true"> ×</span>
            </button>
          </li>
        </ul>
      )}
      {rows.length === 0 ? (
        <p className="quiet runs-none">Nothing in this window is like that.</p>
      ) : (
        <>
          <Scroller label="Table of what could run on spot">
            <table className="grid fit tall-heads">
              <thead>
                <tr>
                  <Head name="workload" title="Run" state={state} change={change} isNumber={false} />
                  <th scope="col">On spot?</th>
                  <Head name="gpuHours" title="GPU-hours" state={state} change={change} />
                  <Head name="heldCost" title="Held" state={state} change={change} />
                  <th scope="col" className="number">
                    On spot
                  </th>
                  <Head name="saved" title="Saved" state={state} change={change} />
                  <th scope="col" className="number">
                    Saved, a month
                  </th>
                  <th scope="col">Checkpoints</th>
                  <th scope="col">Lost each time</th>
                  <th scope="col">Done on spot after</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Line key={keyOf(row)} row={row} currency={currency} state={state} change={change} />
                ))}
              </tbody>
              <tfoot>
                <tr>
                  <th scope="row">Total of {countOf(total.rows, 'row')}</th>
                  <td />
                  <td className="number">{hoursText(total.gpuHours)}</td>
                  <Money amount={total.heldCost} currency={currency} />
                  <Money amount={total.spotCost} currency={currency} isEstimate />
                  <Money amount={total.saved} currency={currency} isEstimate />
                  <Money amount={total.aloneSaving.expected} currency={currency} isEstimate />
                  <td />
                  <td />
                  <td />
                </tr>
              </tfoot>
            </table>
          </Scroller>
          <Pager
            offset={report.offset}
            rows={rows.length}
            total={total.rows}
            one="row"
            pageRows={SPOT_PAGE_ROWS}
            isLast={report.nextOffset === null}
            onPage={(page) => change({ page })}
          />
        </>
      )}
    </Panel>
  );
}

function Controls({ report, state, change }: SpotPartProps) {
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Rows are"
        value={state.by}
        onChange={(value) => change({ by: value === 'workload' ? 'workload' : 'run', page: 1 })}
        data={[
          { value: 'run', label: 'Runs' },
          { value: 'workload', label: 'Workloads' },
        ]}
      />
      <SegmentedControl
        size="xs"
        aria-label="Which of them"
        value={state.only ?? 'all'}
        onChange={(value) =>
          change({ only: value === 'could' || value === 'could-not' ? value : null, page: 1 })
        }
        data={[
          { value: 'all', label: 'All' },
          { value: 'could', label: 'Could' },
          { value: 'could-not', label: 'Could not' },
        ]}
      />
      <CsvButton
        what="Spot"
        fileName={`tare-spot-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`}
        csv={() => fetchSpotCsv(state)}
      />
    </>
  );
}

type HeadProps = Readonly<{
  name: SpotSort;
  title: string;
  state: SpotState;
  change: SpotPartProps['change'];
  isNumber?: boolean;
}>;

function Head({ name, title, state, change, isNumber = true }: HeadProps) {
  const order = state.sort === name ? (name === 'workload' ? 'ascending' : 'descending') : null;
  return (
    <SortHead isNumber={isNumber} order={order} onSort={() => change({ sort: name, page: 1 })}>
      {title}
    </SortHead>
  );
}

function keyOf({ runId, workload, team, pool, gpuModel, verdict, lever }: SpotRow): string {
  return [runId, workload, team, pool, gpuModel, verdict, lever].join('\n');
}

type LineProps = Readonly<{
  row: SpotRow;
  currency: string;
  state: SpotState;
  change: SpotPartProps['change'];
}>;

function Line({ row, currency, state, change }: LineProps) {
  const { verdict, why, lever, unpricedGpuHours } = row;
  const search = searchText(windowQuery(state));
  const could = verdict === 'could';
  return (
    <tr>
      <th scope="row">
        <Name row={row} search={search} state={state} change={change} />
        <span className="row-note">
          {row.runId !== null && `${row.workload}, `}
          {row.gpuModel}, {row.team}
        </span>
      </th>
      <td>
        <span className="verdict" data-verdict={could ? 'could' : 'could-not'}>
          {could ? 'yes' : 'no'}
        </span>
        <span className="cell-note cell-wrap">
          {asSentence(why)}
          {lever !== null && (
            <>
              {', '}
              <Link href={`/plan${leverSearch(state, lever)}`}>in the plan</Link>
            </>
          )}
        </span>
      </td>
      <td className="number">{hoursText(row.gpuHours)}</td>
      <Money amount={row.heldCost} currency={currency} isPartly={unpricedGpuHours > 0} />
      <Money amount={row.spotCost} currency={currency} isEstimate />
      <Money amount={row.saved} currency={currency} isEstimate note={could ? savedShare(row) : null} />
      <Money amount={row.aloneSaving?.expected ?? null} currency={currency} isEstimate />
      <td className="mid-cell">
        {row.intervalSeconds === null ? UNKNOWN : `every ${secondsText(row.intervalSeconds)}`}
        {row.plannedIntervalSeconds !== null && (
          <span className="cell-note">planned every {secondsText(row.plannedIntervalSeconds)}</span>
        )}
        <span className="cell-note">
          {row.checkpointSeconds === null
            ? 'its time is not measured'
            : `takes ${secondsText(row.checkpointSeconds)}`}
        </span>
      </td>
      <td className="mid-cell">
        {secondsText(row.lostSecondsPlanned)}
        {row.lostSecondsNow !== null && (
          <span className="cell-note">{secondsText(row.lostSecondsNow)} as it is now</span>
        )}
        {row.interruptions !== null && (
          <span className="cell-note">{row.interruptions.toFixed(1)} times</span>
        )}
      </td>
      <td>{deadlineText(row)}</td>
    </tr>
  );
}

/** A run leads to its receipt, an endpoint to its own page, and a workload to its runs here. */
function Name({ row, search, state, change }: Omit<LineProps, 'currency'> & Readonly<{ search: string }>) {
  const { runId, workload, kind } = row;
  if (runId !== null) return <Link href={`${pathBelow('Runs', runId)}${search}`}>{runId}</Link>;
  if (kind === 'inference') return <Link href={`${pathBelow('Units', workload)}${search}`}>{workload}</Link>;
  if (row.runs === 0 || state.by === 'run') return workload;
  return (
    <button type="button" className="link-button" onClick={() => change({ workload, by: 'run', page: 1 })}>
      {workload}
    </button>
  );
}

function leverSearch(state: SpotState, lever: string): string {
  const query = windowQuery(state);
  query.set('open', lever);
  return searchText(query);
}
