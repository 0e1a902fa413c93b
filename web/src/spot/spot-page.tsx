import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { fetchSpot } from '../api/fetch-fit.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { Bars } from '../frame/bars.tsx';
import { Cards } from '../frame/cards.tsx';
import { Command } from '../frame/command.tsx';
import { Failure } from '../frame/failure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Panel } from '../frame/panel.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import { Policies } from './policies.tsx';
import { Refused } from './refused.tsx';
import type { SpotPartProps } from './spot-part.ts';
import { SpotPools } from './spot-pools.tsx';
import type { SpotState } from './spot-state.ts';
import { readSpotState, writeSpotState } from './spot-state.ts';
import { SpotTable } from './spot-table.tsx';
import { viewSpotBars, viewSpotCards } from './spot-view.ts';

const SPOT_STATE = { read: readSpotState, write: writeSpotState };

/** Which past work could have run on spot, what it would have cost there, and why the rest could not. */
export default function SpotPage() {
  const [state, change] = usePageState(SPOT_STATE);
  const { look: _, run: __, deadline: ___, simulation: ____, ...asked } = state;
  const query = useQuery({
    queryKey: ['spot', asked],
    queryFn: ({ signal }) => fetchSpot(state, signal),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });
  const report = query.data ?? null;
  const window = report && formatWindow(report.from, report.to);
  return (
    <PageFrame
      page="Spot"
      title={window ? `Spot, ${window}` : 'Spot'}
      window={state}
      shown={report && { from: report.from, to: report.to, extent: yearBefore(report.to) }}
      onWindow={(next) => change({ ...next, page: 1 })}
      keys={useKeyActions(state, change)}
      isBusy={query.isFetching}
      status={report ? report.sentence : ''}
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
          <h1 className="sentence">Judging every run by its checkpoints…</h1>
          <GhostPanel title="What was held, and what spot would have cost" />
          <GhostPanel title="Runs and workloads" />
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

const LEAST_DAYS = 3;

function Content({ report, state, change }: SpotPartProps) {
  if (report.period.days < LEAST_DAYS) {
    return (
      <section className="empty" aria-labelledby="empty-title">
        <h1 id="empty-title">{report.sentence}</h1>
        <p>Runs are judged by who held which machine, by their checkpoints, and by what spot asks there.</p>
        <Command text="tare collect --from 30d" />
      </section>
    );
  }
  return (
    <>
      <h1 className="sentence">{report.sentence}</h1>
      <Cards cards={viewSpotCards(report)} />
      <Panel
        id="spot-bars"
        title="What was held, and what spot would have cost"
        note={`${report.currency} in this window, by pool, and by what kept the rest from spot`}
        controls={<LookSwitch look={state.look} onLook={(look) => change({ look })} what="Spot" />}
      >
        <Bars id="spot-bars" view={viewSpotBars(report)} look={state.look} />
      </Panel>
      <SpotTable report={report} state={state} change={change} />
      <SpotPools report={report} state={state} change={change} />
      <Refused report={report} state={state} change={change} />
      <Policies report={report} state={state} change={change} />
    </>
  );
}

function useKeyActions(state: SpotState, change: ChangeState<SpotState>): readonly KeyAction[] {
  return useMemo(
    () => [
      {
        key: 'd',
        what: 'runs or workloads',
        run: () => change({ by: state.by === 'run' ? 'workload' : 'run', page: 1 }),
      },
      {
        key: 'l',
        what: 'chart or table',
        run: () => change({ look: state.look === 'chart' ? 'table' : 'chart' }),
      },
    ],
    [state.by, state.look, change],
  );
}
