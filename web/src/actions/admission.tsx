import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AdmissionReport } from '../../../src/app/results/admission.ts';
import { fetchAdmission } from '../api/fetch-actions.ts';
import { formatMinute } from '../format/dates.ts';
import { countOf } from '../format/quantity.ts';
import { Command } from '../frame/command.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { ActionsState } from './actions-state.ts';
import { answeredText, decisionOf, reasonText } from './actions-view.ts';

type AdmissionProps = Readonly<{ state: ActionsState; change: ChangeState<ActionsState> }>;

/** What the admission webhook did: refused, warned, or let through unchecked, and why. */
export function Admission({ state: { uncheckedOnly }, change }: AdmissionProps) {
  const query = useQuery({
    queryKey: ['admission', uncheckedOnly],
    queryFn: ({ signal }) => fetchAdmission(uncheckedOnly, signal),
  });
  const report = query.data ?? null;
  return (
    <Panel
      id="admission"
      title="What the admission webhook decided"
      note={answeredText(report)}
      controls={
        <Switch
          size="xs"
          label="Unchecked only"
          checked={uncheckedOnly}
          onChange={(event) => change({ uncheckedOnly: event.currentTarget.checked })}
        />
      }
    >
      {query.isPending && <p className="quiet">Loading decisions…</p>}
      {query.isError && <PanelFailure query={query} />}
      {report && <Decisions report={report} uncheckedOnly={uncheckedOnly} />}
    </Panel>
  );
}

function Decisions({ report, uncheckedOnly }: Readonly<{ report: AdmissionReport; uncheckedOnly: boolean }>) {
  const { counts, uncheckedBy, entries, more } = report;
  if (counts.denied + counts.wouldDeny + counts.warned + counts.unchecked === 0) {
    return (
      <>
        <p>
          Nothing was refused, warned of or let through unchecked. Where no webhook runs yet, this starts one:
        </p>
        <Command text="tare admission --self-signed --dry-run" />
      </>
    );
  }
  return (
    <>
      <p>
        {counts.denied} refused, {counts.wouldDeny} would have been refused, {counts.warned} warned of,{' '}
        {counts.unchecked} let through unchecked or not judged by everything
        {counts.unchecked > 0 &&
          ` (${Object.entries(uncheckedBy)
            .map(([reason, count]) => `${count}: ${reasonText(reason)}`)
            .join('; ')})`}
        .
      </p>
      {entries.length === 0 ? (
        <p>{uncheckedOnly ? 'Everything was judged.' : 'Nothing is kept.'}</p>
      ) : (
        <Scroller label="Table of decisions">
          <table className="grid decisions">
            <thead>
              <tr>
                <th scope="col">Object</th>
                <th scope="col">Decision</th>
                <th scope="col">Why</th>
                <th scope="col">At, UTC</th>
                <th scope="col">User</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry, index) => {
                const { sign, text, tone } = decisionOf(entry.decision);
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two decisions may be alike in everything
                  <tr key={index}>
                    <th scope="row">
                      {entry.object ?? 'a review that could not be read'}
                      <span className="row-note">
                        {entry.operation?.toLowerCase() ?? '–'}
                        {entry.isDryRun && ', a dry run'}
                      </span>
                    </th>
                    <td>
                      <span className={`state state-${tone}`}>
                        <span aria-hidden="true">{sign}</span> {text}
                      </span>
                    </td>
                    <td className="policy-why">
                      {entry.detail ?? '–'}
                      {entry.unchecked && <span className="row-note">{reasonText(entry.unchecked)}</span>}
                    </td>
                    <td>{formatMinute(entry.at)}</td>
                    <td>{entry.user ?? '–'}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroller>
      )}
      {more > 0 && (
        <>
          <p className="quiet">And {countOf(more, 'older decision')}:</p>
          <Command text={`tare admission log --top ${entries.length + more}`} />
        </>
      )}
    </>
  );
}
