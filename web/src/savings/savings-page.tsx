import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LeversReport } from '../../../src/app/results/levers.ts';
import { fetchLevers } from '../api/fetch-levers.ts';
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
import { Idle, useIdle } from './idle.tsx';
import { Levers } from './levers.tsx';
import { Missing } from './missing.tsx';
import type { SavingsState } from './savings-state.ts';
import { readSavingsState, writeSavingsState } from './savings-state.ts';
import { viewSavingsCards } from './savings-views.ts';
import { NoLevers, SavingsLoading } from './states.tsx';

const SAVINGS_STATE = { read: readSavingsState, write: writeSavingsState };

/** What to do next, and what each is worth. */
export default function SavingsPage() {
  const [state, change] = usePageState(SAVINGS_STATE);
  const query = useQuery({
    queryKey: ['levers', state.from, state.to],
    queryFn: ({ signal }) => fetchLevers(state, signal),
    placeholderData: keepPreviousData,
  });
  useIdle(['cause'], state);
  useIdle(['cause', 'day'], state, state.idle === 'day');
  const report = query.data ?? null;
  const window = report && formatWindow(report.from, report.to);
  const keys = useKeyActions(state, change);
  return (
    <PageFrame
      page="Savings"
      title={window ? `Savings, ${window}` : 'Savings'}
      window={state}
      shown={report && { from: report.from, to: report.to, extent: yearBefore(report.to) }}
      onWindow={change}
      keys={keys}
      isBusy={query.isFetching}
      status={report && window ? `Showing ${report.rows.length} levers of ${window}.` : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={report !== null}
        />
      )}
      {query.isPending && <SavingsLoading />}
      {report && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content report={report} state={state} change={change} />
        </div>
      )}
    </PageFrame>
  );
}

type ContentProps = Readonly<{
  report: LeversReport;
  state: SavingsState;
  change: ChangeState<SavingsState>;
}>;

function Content({ report, state, change }: ContentProps) {
  return (
    <>
      {report.generated && <GeneratedBanner generated={report.generated} />}
      <Sentence text={report.sentence} after={/(?<=\)\.) /} />
      <Cards cards={viewSavingsCards(report)} />
      {report.rows.length === 0 ? (
        <NoLevers report={report} change={change} />
      ) : (
        <Levers report={report} state={state} change={change} />
      )}
      <Idle report={report} state={state} change={change} />
      {report.missing.length > 0 && <Missing missing={report.missing} />}
    </>
  );
}

function useKeyActions(state: SavingsState, change: ChangeState<SavingsState>): readonly KeyAction[] {
  return useMemo(
    () => [
      {
        key: 'd',
        what: 'idle time by day, or by device',
        run: () => change({ idle: state.idle === 'day' ? 'device' : 'day' }),
      },
      {
        key: 't',
        what: 'idle time as chart, or as table',
        run: () => change({ look: state.look === 'chart' ? 'table' : 'chart' }),
      },
    ],
    [state.idle, state.look, change],
  );
}
