import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { RunsReport } from '../../../src/app/results/runs.ts';
import { fetchRunChoices, fetchRuns } from '../api/fetch-runs.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { Cards } from '../frame/cards.tsx';
import { Failure } from '../frame/failure.tsx';
import { GeneratedBanner } from '../frame/generated-banner.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Sentence } from '../frame/sentence.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import { Compare } from './compare.tsx';
import { rememberList } from './list-address.ts';
import { viewRunsCards } from './runs-cards.ts';
import { RunsControls } from './runs-controls.tsx';
import type { RunsState } from './runs-state.ts';
import { FILTERS, readRunsState, writeRunsState } from './runs-state.ts';
import { RunsTable } from './runs-table.tsx';
import { NoRuns, RunsLoading } from './states.tsx';

const RUNS_STATE = { read: readRunsState, write: writeRunsState };

/** What each training run cost, and which work was lost. */
export default function RunsPage() {
  const [state, change] = usePageState(RUNS_STATE);
  const { compare: _, columns: __, ...asked } = state;
  const query = useQuery({
    queryKey: ['runs', asked],
    queryFn: ({ signal }) => fetchRuns(state, signal),
    placeholderData: keepPreviousData,
  });
  const report = query.data ?? null;
  const window = report && formatWindow(report.from, report.to);
  const find = useRef<HTMLInputElement>(null);
  const keys = useKeyActions(state, report, change, () => find.current?.focus());
  useEffect(() => rememberList(writeRunsState(state)), [state]);

  return (
    <PageFrame
      page="Runs"
      title={window ? `Runs, ${window}` : 'Runs'}
      window={state}
      shown={report && { from: report.from, to: report.to, extent: yearBefore(report.to) }}
      onWindow={(next) => change({ ...next, page: 1 })}
      keys={keys}
      isBusy={query.isFetching}
      status={report && window ? `Showing ${report.total.runs} runs of ${window}.` : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={report !== null}
        />
      )}
      {query.isPending && <RunsLoading />}
      {report && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content report={report} state={state} change={change} findRef={find} />
        </div>
      )}
    </PageFrame>
  );
}

type ContentProps = Readonly<{
  report: RunsReport;
  state: RunsState;
  change: ChangeState<RunsState>;
  findRef: React.Ref<HTMLInputElement>;
}>;

function Content({ report, state, change, findRef }: ContentProps) {
  const choices = useQuery({
    queryKey: ['run-choices', state.from, state.to],
    queryFn: ({ signal }) => fetchRunChoices(state, signal),
    placeholderData: keepPreviousData,
  });
  if (report.total.runs === 0 && !isFiltered(state)) return <NoRuns report={report} onShow={change} />;
  return (
    <>
      {report.generated && <GeneratedBanner generated={report.generated} />}
      <Sentence text={report.sentence} after={/(?<=\d GPU-hours\.|\(\d+ %\)\.) /} />
      <Cards cards={viewRunsCards(report)} />
      {state.compare.length > 0 && <Compare ids={state.compare} change={change} />}
      <section className="panel runs-panel" aria-labelledby="runs-title">
        <RunsControls
          state={state}
          change={change}
          report={report}
          choices={choices.data ?? null}
          findRef={findRef}
        />
        <RunsTable report={report} state={state} change={change} />
      </section>
    </>
  );
}

function isFiltered(state: RunsState): boolean {
  return state.text !== null || FILTERS.some((name) => state[name] !== null);
}

function useKeyActions(
  state: RunsState,
  report: RunsReport | null,
  change: ChangeState<RunsState>,
  find: () => void,
): readonly KeyAction[] {
  const focus = useRef(find);
  focus.current = find;
  const hasNext = report !== null && report.nextOffset !== null;
  return useMemo(
    () => [
      { key: '/', what: 'find a run', run: () => focus.current() },
      { key: 'n', what: 'next page of the table', run: () => hasNext && change({ page: state.page + 1 }) },
      { key: 'p', what: 'page before', run: () => state.page > 1 && change({ page: state.page - 1 }) },
    ],
    [state.page, hasNext, change],
  );
}
