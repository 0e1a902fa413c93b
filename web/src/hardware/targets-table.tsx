import type { HardwareTargetFigures } from '../../../src/app/results/hardware.ts';
import type { HardwareSort } from '../../../src/app/tare.ts';
import { fetchHardwareCsv } from '../api/fetch-fit.ts';
import { UNKNOWN } from '../format/money.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Money } from '../frame/money-cell.tsx';
import { Pager } from '../frame/pager.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { SortHead } from '../frame/sort-head.tsx';
import type { HardwarePartProps } from './hardware-part.ts';
import { HARDWARE_PAGE_ROWS } from './hardware-state.ts';
import { gibText, keyOf } from './hardware-view.ts';

type TargetsProps = HardwarePartProps & Readonly<{ openKey: string | null }>;

/** One row for each workload on each kind that it runs on now; the chosen one is taken apart below. */
export function TargetsTable({ report, state, change, openKey }: TargetsProps) {
  const { rows, total, currency } = report;
  const head = (name: HardwareSort, title: string, isNumber = true) => (
    <SortHead
      isNumber={isNumber}
      order={state.sort === name ? (name === 'workload' ? 'ascending' : 'descending') : null}
      onSort={() => change({ sort: name, page: 1, open: null })}
    >
      {title}
    </SortHead>
  );
  return (
    <Panel
      id="targets"
      title="Workloads"
      note={`${currency} a month like this window; what is saved is what the lever saves alone`}
      controls={
        <CsvButton
          what="Hardware"
          fileName={`tare-hardware-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`}
          csv={() => fetchHardwareCsv(state)}
        />
      }
    >
      {rows.length === 0 ? (
        <p className="quiet runs-none">Nothing ran on machines that are rented by the hour.</p>
      ) : (
        <>
          <Scroller label="Table of workloads">
            <table className="grid fit tall-heads">
              <thead>
                <tr>
                  {head('workload', 'Workload', false)}
                  <th scope="col">Runs on</th>
                  <th scope="col" className="number">
                    Needs
                  </th>
                  {head('heldCost', 'A month')}
                  <th scope="col">Cheapest that fits</th>
                  <th scope="col">Change to</th>
                  {head('saving', 'Saved')}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Line
                    key={keyOf(row)}
                    row={row}
                    currency={currency}
                    isOpen={keyOf(row) === openKey}
                    onOpen={() => change({ open: keyOf(row) })}
                  />
                ))}
              </tbody>
              <tfoot>
                <tr>
                  <th scope="row">Total</th>
                  <td />
                  <td />
                  <Money amount={total.heldCost} currency={currency} />
                  <td />
                  <td>without what is to be tried first</td>
                  <Money amount={total.aloneSaving} currency={currency} isEstimate />
                </tr>
              </tfoot>
            </table>
          </Scroller>
          <Pager
            offset={report.offset}
            rows={rows.length}
            total={total.targets}
            one="workload"
            pageRows={HARDWARE_PAGE_ROWS}
            isLast={report.nextOffset === null}
            onPage={(page) => change({ page, open: null })}
          />
        </>
      )}
    </Panel>
  );
}

type LineProps = Readonly<{
  row: HardwareTargetFigures;
  currency: string;
  isOpen: boolean;
  onOpen: () => void;
}>;

function Line({ row, currency, isOpen, onOpen }: LineProps) {
  const cheapest = row.options.find(({ isCheapest }) => isCheapest);
  return (
    <tr data-chosen={isOpen || undefined}>
      <th scope="row">
        <button type="button" className="sort" aria-pressed={isOpen} onClick={onOpen}>
          {row.workload}
        </button>
        <span className="row-note">
          {row.kind}, {row.owner}
        </span>
      </th>
      <td>
        {row.gpuModel}
        <span className="cell-note">{row.provider}</span>
      </td>
      <td className="number">{gibText(row.memoryGib)}</td>
      <Money amount={row.heldCost} currency={currency} isPartly={row.unpricedGpuHours > 0} />
      <td>{cheapest ? (cheapest.isCurrent ? 'the present one' : cheapest.gpuModel) : UNKNOWN}</td>
      <td>
        {row.proposed ?? UNKNOWN}
        {row.toMeasure !== null && <span className="cell-note">to try first</span>}
      </td>
      <Money amount={row.aloneSaving?.expected ?? null} currency={currency} isEstimate />
    </tr>
  );
}
