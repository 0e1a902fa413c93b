import { useQuery } from '@tanstack/react-query';
import type { ActionLog } from '../../../src/app/results/actions.ts';
import { fetchActionLog } from '../api/fetch-actions.ts';
import { formatMinute } from '../format/dates.ts';
import { Command } from '../frame/command.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { LOG_STATES, undoCommand } from './actions-view.ts';

/** What was done to clusters, and how to take it back. */
export function ActionLogPanel() {
  const query = useQuery({ queryKey: ['action-log'], queryFn: ({ signal }) => fetchActionLog(signal) });
  const log = query.data ?? null;
  return (
    <Panel id="done" title="What was done" note="by tare act, from any machine; the newest first">
      {query.isPending && <p className="quiet">Loading what was done…</p>}
      {query.isError && <PanelFailure query={query} />}
      {log && (log.rows.length === 0 ? <p>Nothing was done yet.</p> : <LogTable log={log} />)}
    </Panel>
  );
}

function LogTable({ log }: Readonly<{ log: ActionLog }>) {
  return (
    <Scroller label="Table of actions">
      <table className="grid actions">
        <thead>
          <tr>
            <th scope="col">Object</th>
            <th scope="col">State</th>
            <th scope="col">Change</th>
            <th scope="col">At, UTC</th>
            <th scope="col">By</th>
            <th scope="col">Take it back</th>
          </tr>
        </thead>
        <tbody>
          {log.rows.map((row) => {
            const { sign, text, tone } = LOG_STATES[row.state];
            const undo = undoCommand(row);
            return (
              <tr key={row.id}>
                <th scope="row">
                  {row.object}
                  <span className="row-note">
                    {row.owner}, {row.because} · {row.cluster}
                  </span>
                </th>
                <td>
                  <span className={`state state-${tone}`}>
                    <span aria-hidden="true">{sign}</span> {text}
                  </span>
                  {row.failure && <span className="row-note">{row.failure}</span>}
                  {row.undoneAt && (
                    <span className="row-note">
                      {formatMinute(row.undoneAt)} by {row.undoneBy}
                    </span>
                  )}
                </td>
                <td>{row.change}</td>
                <td>{formatMinute(row.at)}</td>
                <td>{row.by}</td>
                <td>{undo === null ? '–' : <Command text={undo} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroller>
  );
}
