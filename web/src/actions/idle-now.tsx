import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { IdleNowReport } from '../../../src/app/results/actions.ts';
import { fetchIdleNow } from '../api/fetch-actions.ts';
import { formatMinute } from '../format/dates.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { Command } from '../frame/command.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { ActionsState } from './actions-state.ts';
import { IDLE_HOURS } from './actions-state.ts';
import { actionText, tryCommand } from './actions-view.ts';

type IdleNowProps = Readonly<{ state: ActionsState; change: ChangeState<ActionsState> }>;

/** What `tare act` would do now. The page changes nothing: the commands do, and try it at the cluster first. */
export function IdleNow({ state: { hours }, change }: IdleNowProps) {
  const query = useQuery({
    queryKey: ['idle-now', hours],
    queryFn: ({ signal }) => fetchIdleNow(hours, signal),
  });
  const report = query.data ?? null;
  return (
    <Panel
      id="idle-now"
      title="What tare act would do now"
      note={
        report?.dataUntil
          ? `${report.currency}, by the ledger up to ${formatMinute(report.dataUntil)} UTC. A command shows what the cluster would take, and changes nothing without --apply.`
          : 'by the ledger'
      }
      controls={
        <NativeSelect
          size="xs"
          aria-label="Quiet for at least"
          value={String(hours)}
          onChange={(event) => change({ hours: Number(event.currentTarget.value) })}
          data={IDLE_HOURS.map((each) => ({ value: String(each), label: `quiet for ${each} hours` }))}
        />
      }
    >
      {query.isPending && <p className="quiet">Loading what stands still…</p>}
      {query.isError && <PanelFailure query={query} />}
      {report && (report.rows.length === 0 ? <p>Nothing stands still.</p> : <Targets report={report} />)}
    </Panel>
  );
}

function Targets({ report: { rows, currency } }: Readonly<{ report: IdleNowReport }>) {
  return (
    <Scroller label="Table of idle targets">
      <table className="grid targets">
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">It would</th>
            <th scope="col">Owner</th>
            <th scope="col" className="number">
              GPUs
            </th>
            <th scope="col" className="number">
              Quiet hours
            </th>
            <th scope="col" className="number">
              Cost of these
            </th>
            <th scope="col">Dry run</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.workloadId}>
              <th scope="row">
                {row.target}
                <span className="row-note">{row.because}</span>
              </th>
              <td>{actionText(row.action)}</td>
              <td>{row.owner}</td>
              <td className="number">{row.devices}</td>
              <td className="number">{row.quietHours}</td>
              <td className="number">
                {row.idleCost === null ? (
                  UNKNOWN
                ) : (
                  <Figure
                    text={formatMoney(row.idleCost, currency, 2)}
                    exact={exactMoney(row.idleCost, currency)}
                  />
                )}
              </td>
              <td>
                <Command text={tryCommand(row)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
