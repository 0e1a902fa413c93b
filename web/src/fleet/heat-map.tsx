import { SegmentedControl } from '@mantine/core';
import type { FleetReport, FleetRow } from '../../../src/app/results/fleet.ts';
import { Swatch } from '../buckets/bucket-name.tsx';
import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { toCsv } from '../format/csv.ts';
import { exactMoney, formatMoney, UNKNOWN, UNPRICED } from '../format/money.ts';
import { formatPercent, hoursText } from '../format/quantity.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { isEstimated, unpricedShare } from '../ledger/figures.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import type { FleetState } from './fleet-state.ts';
import { writeFleetState } from './fleet-state.ts';
import type { HeatColumn } from './fleet-view.ts';
import { CELL_ORDER, stepOf, viewCell, viewColumns } from './fleet-view.ts';

type HeatMapProps = Readonly<{
  report: FleetReport;
  state: FleetState;
  change: ChangeState<FleetState>;
}>;

/** Machines by time. A table, so that whoever does not see its colours reads it: each cell says what it is. */
export function HeatMap({ report, state, change }: HeatMapProps) {
  const columns = viewColumns(report);
  const window = `${report.from.slice(0, 10)}-${report.to.slice(0, 10)}`;
  return (
    <Panel
      id="heat-map"
      title={`${report.by === 'node' ? 'Nodes' : 'Devices'} over time`}
      note={`the darker, the more of what was paid for was ${state.bucket}; costliest first${report.rest ? `, without ${report.rest.rows} more` : ''}`}
      controls={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Rows"
            value={state.by}
            onChange={(value) => change({ by: value === 'device' ? 'device' : 'node' })}
            data={[
              { value: 'node', label: 'Nodes' },
              { value: 'device', label: 'Devices' },
            ]}
          />
          <CsvButton what="Fleet" fileName={`tare-fleet-${window}.csv`} csv={() => fleetCsv(report)} />
        </>
      }
    >
      <BucketChoice bucket={state.bucket} onBucket={(bucket) => change({ bucket })} />
      <Scroller label="Machines over time" className="scroller heat-scroller">
        <table className="grid heat">
          <thead>
            <tr>
              <th scope="col">{report.by === 'node' ? 'Node' : 'Device'}</th>
              {columns.map(({ key, label, name }) => (
                <th key={key} scope="col" className="heat-head">
                  <span className="visually-hidden">{name}</span>
                  {label && (
                    <span className="heat-label" aria-hidden="true">
                      {label}
                    </span>
                  )}
                </th>
              ))}
              {['GPU-hours', 'Gross', 'Tare'].map((title) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.rows.map((row) => (
              <MachineLine
                key={row.name}
                by={report.by}
                row={row}
                columns={columns}
                state={state}
                currency={report.currency}
              />
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}

function BucketChoice({
  bucket,
  onBucket,
}: Readonly<{ bucket: Bucket; onBucket: (bucket: Bucket) => void }>) {
  return (
    <fieldset className="bucket-choice">
      <legend className="visually-hidden">Share that the colours tell</legend>
      {BUCKETS.map((name) => (
        <label key={name} className="tick">
          <input type="radio" name="bucket" checked={name === bucket} onChange={() => onBucket(name)} />
          <Swatch bucket={name} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

type MachineLineProps = Readonly<{
  row: FleetRow;
  /** Of the rows that are there, which may be those of the view before. */
  by: FleetReport['by'];
  columns: readonly HeatColumn[];
  state: FleetState;
  currency: string;
}>;

function MachineLine({ row, by, columns, state, currency }: MachineLineProps) {
  const { figures } = row;
  return (
    <tr>
      <th scope="row">
        <MachineName row={row} by={by} state={state} />
        <span className="row-note">
          {row.gpuModel}, {row.pool}
        </span>
      </th>
      {columns.map(({ key, name }, index) => {
        const { share, text } = viewCell(row.cells[index] ?? null, state.bucket);
        return (
          <td
            key={key}
            className="heat-cell"
            data-bucket={state.bucket}
            data-step={stepOf(share) ?? 'none'}
            title={`${row.name}, ${name}: ${text}`}
          >
            <span className="visually-hidden">
              {share === null ? text : `${formatPercent(share)} ${state.bucket}`}
            </span>
          </td>
        );
      })}
      <td className="number">{hoursText(figures.gpuHours.gross)}</td>
      <td className="number">
        {unpricedShare(figures) === 'all' ? (
          <span className="unpriced">{UNPRICED}</span>
        ) : (
          <Figure
            text={formatMoney(figures.cost.gross, currency, 2)}
            exact={exactMoney(figures.cost.gross, currency)}
            isEstimate={isEstimated(figures)}
          />
        )}
      </td>
      <td className="number">
        {figures.tareFraction === null ? UNKNOWN : formatPercent(figures.tareFraction)}
      </td>
    </tr>
  );
}

/** A node leads to its devices, a device to its rows of the ledger. */
function MachineName({ row, by, state }: Pick<MachineLineProps, 'row' | 'by' | 'state'>) {
  if (by === 'node') {
    return (
      <Link href={`/fleet${writeFleetState({ ...state, by: 'device', node: row.name })}`}>{row.name}</Link>
    );
  }
  const query = new URLSearchParams({ by: 'workload', filter: `device=${row.name}` });
  if (state.from) query.set('from', state.from);
  if (state.to) query.set('to', state.to);
  return (
    <Link href={`/explore?${query}`} title={row.name}>
      {row.name.length > 20 ? `${row.name.slice(0, 12)}…${row.name.slice(-4)}` : row.name}
    </Link>
  );
}

/** One line for each machine and column, with the GPU-hours in each bucket. */
function fleetCsv({ by, rows, columns }: FleetReport): string {
  const header = [by, 'pool', 'gpuModel', 'from', 'to', ...CELL_ORDER.map((bucket) => `${bucket}GpuHours`)];
  return toCsv(
    header,
    rows.flatMap(({ name, pool, gpuModel, cells }) =>
      cells.flatMap((cell, index) =>
        cell === null ? [] : [[name, pool, gpuModel, columns[index]!.from, columns[index]!.to, ...cell]],
      ),
    ),
  );
}
