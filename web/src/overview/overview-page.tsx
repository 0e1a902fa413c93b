import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Overview } from '../../../src/app/results/results.ts';
import { fetchOverview } from '../api/fetch-overview.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { Cards } from '../frame/cards.tsx';
import { Failure } from '../frame/failure.tsx';
import { FreshnessPill } from '../frame/freshness-pill.tsx';
import { GeneratedBanner } from '../frame/generated-banner.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Sentence } from '../frame/sentence.tsx';
import type { DaysLook } from '../ledger/days.tsx';
import { Days } from '../ledger/days.tsx';
import { isEmpty } from '../ledger/figures.ts';
import type { PageState } from '../state/url-state.ts';
import { readPageState, writePageState } from '../state/url-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { viewCards } from './cards-view.ts';
import { Funnel } from './funnel.tsx';
import { Health } from './health.tsx';
import { viewFreshness } from './health-view.ts';
import { Leaks } from './leaks.tsx';
import { Loading, NoRows, NothingImported } from './states.tsx';
import { Teams } from './teams.tsx';

const OVERVIEW_STATE = { read: readPageState, write: writePageState };

/** The first page: are we on track, where does the money go, and can the numbers be trusted. One request. */
export default function OverviewPage() {
  const [state, change] = usePageState(OVERVIEW_STATE);
  const [look, setLook] = useState<DaysLook>('chart');
  const query = useQuery({
    queryKey: ['overview', state.from, state.to],
    queryFn: ({ signal }) => fetchOverview(state, signal),
    placeholderData: keepPreviousData,
  });
  const overview = query.data ?? null;
  const window = overview && formatWindow(overview.from, overview.to);
  const keys = useKeyActions({ state, change, look, setLook });

  return (
    <PageFrame
      page="Overview"
      title={window ? `Overview, ${window}` : 'Overview'}
      window={state}
      shown={overview}
      onWindow={change}
      pill={overview?.extent && <FreshnessPill freshness={viewFreshness(overview.health.freshness)} />}
      keys={keys}
      isBusy={query.isFetching}
      status={window ? `Showing ${window}.` : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={overview !== null}
        />
      )}
      {query.isPending && <Loading />}
      {overview && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content overview={overview} state={state} change={change} look={look} onLook={setLook} />
        </div>
      )}
    </PageFrame>
  );
}

type ContentProps = Readonly<{
  overview: Overview;
  state: PageState;
  change: (part: Partial<PageState>) => void;
  look: DaysLook;
  onLook: (look: DaysLook) => void;
}>;

function Content({ overview, state, change, look, onLook }: ContentProps) {
  const freshness = viewFreshness(overview.health.freshness);
  if (isEmpty(overview.total)) {
    return overview.extent ? <NoRows overview={overview} onShow={change} /> : <NothingImported />;
  }
  return (
    <>
      {overview.generated && <GeneratedBanner generated={overview.generated} />}
      <Sentence text={overview.sentence} after={/(?<=was tare\.) /} />
      <Cards cards={viewCards(overview)} />
      <div className="pair">
        <Funnel overview={overview} />
        <Leaks overview={overview} />
      </div>
      <Days
        ledger={overview}
        measure={state.measure}
        onMeasure={(measure) => change({ measure })}
        look={look}
        onLook={onLook}
      />
      <Teams overview={overview} />
      <Health overview={overview} freshness={freshness} />
    </>
  );
}

type KeyTargets = Readonly<{
  state: PageState;
  change: (part: Partial<PageState>) => void;
  look: DaysLook;
  setLook: (look: DaysLook) => void;
}>;

function useKeyActions({ state, change, look, setLook }: KeyTargets): readonly KeyAction[] {
  return useMemo(
    () => [
      {
        key: 'm',
        what: 'cost or GPU-hours',
        run: () => change({ measure: state.measure === 'cost' ? 'gpu-hours' : 'cost' }),
      },
      { key: 't', what: 'days as chart or table', run: () => setLook(look === 'chart' ? 'table' : 'chart') },
      { key: 'h', what: 'go to data health', run: goToHealth },
    ],
    [state.measure, change, look, setLook],
  );
}

function goToHealth(): void {
  document.getElementById('data-health')?.focus();
}
