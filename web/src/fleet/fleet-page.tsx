import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { FleetReport } from '../../../src/app/results/fleet.ts';
import { fetchFleet } from '../api/fetch-fleet.ts';
import { problemFrom } from '../api/problem.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { formatWindow } from '../format/dates.ts';
import { Command } from '../frame/command.tsx';
import { Failure } from '../frame/failure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Sentence } from '../frame/sentence.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import type { FleetState } from './fleet-state.ts';
import { readFleetState, writeFleetState } from './fleet-state.ts';
import { machinesText } from './fleet-view.ts';
import { HeatMap } from './heat-map.tsx';
import { Pools } from './pools.tsx';

const FLEET_STATE = { read: readFleetState, write: writeFleetState };

/** Which machines work, and when they do not. */
export default function FleetPage() {
  const [state, change] = usePageState(FLEET_STATE);
  const { bucket: _, ...asked } = state;
  const query = useQuery({
    queryKey: ['fleet', asked],
    queryFn: ({ signal }) => fetchFleet(state, signal),
    placeholderData: keepPreviousData,
  });
  const report = query.data ?? null;
  const window = report && formatWindow(report.from, report.to);
  return (
    <PageFrame
      page="Fleet"
      title={window ? `Fleet, ${window}` : 'Fleet'}
      window={state}
      shown={report && { from: report.from, to: report.to, extent: yearBefore(report.to) }}
      onWindow={change}
      keys={useKeyActions(state, change)}
      isBusy={query.isFetching}
      status={report && window ? `Showing ${machinesText(report)}, ${window}.` : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={report !== null}
        />
      )}
      {query.isPending && (
        <div className="loading">
          <h1 className="sentence">Loading the fleet…</h1>
          <GhostPanel title="Pools, from paid to productive" />
          <GhostPanel title="Nodes over time" />
        </div>
      )}
      {report && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content report={report} state={state} change={change} />
        </div>
      )}
    </PageFrame>
  );
}

type ContentProps = Readonly<{ report: FleetReport; state: FleetState; change: ChangeState<FleetState> }>;

function Content({ report, state, change }: ContentProps) {
  const isFiltered = state.pool !== null || state.node !== null;
  if (report.rows.length === 0 && !isFiltered) {
    return (
      <section className="empty" aria-labelledby="empty-title">
        <h1 id="empty-title">No machine in {formatWindow(report.from, report.to)}</h1>
        <p>{report.sentence}</p>
        <Command text="tare import capacity.csv --kind capacity" />
      </section>
    );
  }
  return (
    <>
      <Sentence text={report.sentence} after={/(?<=was tare\.) /} />
      {isFiltered && (
        <ul className="chosen" aria-label="Selected">
          {(['pool', 'node'] as const).flatMap((name) =>
            state[name] === null
              ? []
              : [
                  <li key={name}>
                    <button
                      type="button"
                      className="chip"
                      aria-label={`Remove ${name} ${state[name]}`}
                      onClick={() => change({ [name]: null, ...(name === 'node' && { by: 'node' }) })}
                    >
                      <span className="quiet">{name}</span> {state[name]}
                      <span aria-hidden="true"> ×</span>
                    </button>
                  </li>,
                ],
          )}
        </ul>
      )}
      <Pools report={report} state={state} change={change} />
      <HeatMap report={report} state={state} change={change} />
    </>
  );
}

function useKeyActions(state: FleetState, change: ChangeState<FleetState>): readonly KeyAction[] {
  return useMemo(
    () => [
      {
        key: 'd',
        what: 'nodes or devices',
        run: () => change({ by: state.by === 'node' ? 'device' : 'node', node: null }),
      },
      {
        key: 'b',
        what: 'colours of the next bucket',
        run: () => change({ bucket: BUCKETS[(BUCKETS.indexOf(state.bucket) + 1) % BUCKETS.length]! }),
      },
    ],
    [state.by, state.bucket, change],
  );
}
