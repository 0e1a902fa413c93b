import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LeverWithFiles } from '../api/fetch-levers.ts';
import { fetchLever } from '../api/fetch-levers.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import { hoursText } from '../format/quantity.ts';
import { Bars } from '../frame/bars.tsx';
import { Cards } from '../frame/cards.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import { Failure } from '../frame/failure.tsx';
import { Figure } from '../frame/figure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { Link } from '../frame/link.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { asSentence } from '../savings/lever-names.ts';
import { searchText, windowQuery } from '../state/url-state.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import { ChangeFiles } from './change-files.tsx';
import type { LeverState } from './lever-state.ts';
import { readLeverState, writeLeverState } from './lever-state.ts';
import {
  leverCsv,
  leverSentence,
  viewLeverCards,
  viewLeverCauses,
  viewLeverCost,
  viewNodes,
} from './lever-views.ts';

const LEVER_STATE = { read: readLeverState, write: writeLeverState };

/** One lever: what was replayed, what could go wrong, and the change to make. */
export default function LeverPage({ name: id }: Readonly<{ name: string }>) {
  const [state, change] = usePageState(LEVER_STATE);
  const query = useQuery({
    queryKey: ['lever', id, state.from, state.to],
    queryFn: ({ signal }) => fetchLever(id, state, signal),
  });
  const lever = query.data ?? null;
  return (
    <PageFrame
      page="Savings"
      title={lever ? asSentence(lever.row.action) : 'Lever'}
      window={state}
      shown={lever && { from: lever.from, to: lever.to, extent: yearBefore(lever.to) }}
      onWindow={change}
      keys={[]}
      isBusy={query.isFetching}
      status={lever ? `Showing the lever ${lever.row.id}.` : ''}
    >
      <p className="way-back">
        <Link href={`/savings${searchText(windowQuery(state))}`}>
          <span aria-hidden="true">← </span>All levers
        </Link>
      </p>
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={lever !== null}
        />
      )}
      {query.isPending && (
        <div className="loading">
          <h1 className="sentence">Replaying {id}…</h1>
          <GhostPanel title="What was replayed" />
        </div>
      )}
      {lever && (
        <div className="figures">
          <h1 className="sentence">{leverSentence(lever)}</h1>
          <Cards cards={viewLeverCards(lever)} />
          <Evidence lever={lever} state={state} change={change} />
          <div className="pair">
            <div className="stack">
              <ChangeFiles lever={lever} />
            </div>
            <div className="stack">
              <Reasons lever={lever} />
              <Nodes lever={lever} />
            </div>
          </div>
        </div>
      )}
    </PageFrame>
  );
}

type EvidenceProps = Readonly<{
  lever: LeverWithFiles;
  state: LeverState;
  change: ChangeState<LeverState>;
}>;

function Evidence({ lever, state, change }: EvidenceProps) {
  const view = useMemo(
    () => (state.measure === 'cost' ? viewLeverCost(lever) : viewLeverCauses(lever)),
    [lever, state.measure],
  );
  const { evidence, id } = lever.row;
  return (
    <Panel
      id="evidence"
      title="What was replayed"
      note={`${formatWindow(evidence.from, evidence.to)}: ${evidence.hours.toLocaleString('en-US')} hours, resting on ${evidence.rows.toLocaleString('en-US')} rows`}
      controls={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Measure"
            value={state.measure}
            onChange={(value) => change({ measure: value === 'causes' ? 'causes' : 'cost' })}
            data={[
              { value: 'cost', label: 'Cost' },
              { value: 'causes', label: 'Idle by cause' },
            ]}
          />
          <LookSwitch what="Days" look={state.look} onLook={(look) => change({ look })} />
          <CsvButton
            what="Days"
            fileName={`tare-lever-${id.replaceAll(/[^\w.-]+/g, '-')}.csv`}
            csv={() => leverCsv(lever)}
          />
        </>
      }
    >
      <Bars id="lever-days" view={view} look={state.look} />
    </Panel>
  );
}

/** What was seen, and what the saving takes for granted: as facts and as assumptions, not as one list. */
function Reasons({ lever: { row } }: Readonly<{ lever: LeverWithFiles }>) {
  return (
    <Panel id="reasons" title="Why, and what could go wrong">
      <h3>What was seen</h3>
      <ul className="plain-list">
        {row.evidence.facts.map((fact) => (
          <li key={fact}>{asSentence(fact)}</li>
        ))}
      </ul>
      <h3>What it takes for granted</h3>
      <ul className="plain-list">
        {row.assumptions.map((assumption) => (
          <li key={assumption}>{asSentence(assumption)}</li>
        ))}
      </ul>
    </Panel>
  );
}

function Nodes({ lever }: Readonly<{ lever: LeverWithFiles }>) {
  const { total, currency } = lever;
  return (
    <Panel id="nodes" title="Where" note={`${currency}, in the period that was replayed`}>
      <Scroller label="Table of nodes" className="scroller days-table">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col" className="number">
                GPU-hours
              </th>
              <th scope="col" className="number">
                Cost
              </th>
              <th scope="col" className="number">
                Saved
              </th>
            </tr>
          </thead>
          <tbody>
            {viewNodes(lever).map(({ node, gpuModel, hours, cost, exactCost, saved, exactSaved }) => (
              <tr key={`${node}/${gpuModel}`}>
                <th scope="row">
                  {node}
                  <span className="row-note">{gpuModel}</span>
                </th>
                <td className="number">{hours}</td>
                <td className="number">
                  <Figure text={cost} exact={exactCost} />
                </td>
                <td className="number">
                  <Figure text={saved} exact={exactSaved} />
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All nodes</th>
              <td className="number">{hoursText(total.gpuHours)}</td>
              <td className="number">
                <Figure
                  text={formatMoney(total.cost, currency, 2)}
                  exact={exactMoney(total.cost, currency)}
                />
              </td>
              <td className="number">
                <Figure
                  text={formatMoney(total.saved, currency, 2)}
                  exact={exactMoney(total.saved, currency)}
                />
              </td>
            </tr>
          </tfoot>
        </table>
      </Scroller>
    </Panel>
  );
}
