import { useLocalStorage } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Overview } from '../../../src/app/results/results.ts';
import { fetchOverview } from '../api/fetch-overview.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { FreshnessPill } from '../frame/freshness-pill.tsx';
import { Header } from '../frame/header.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { KeysDialog, useKeys } from '../frame/keys.tsx';
import { WindowPicker } from '../frame/window-picker.tsx';
import type { PageState } from '../state/url-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { Cards } from './cards.tsx';
import { viewCards } from './cards-view.ts';
import type { DaysLook } from './days.tsx';
import { Days } from './days.tsx';
import { isEmpty } from './figures.ts';
import { Funnel } from './funnel.tsx';
import { Health } from './health.tsx';
import { viewFreshness } from './health-view.ts';
import { Leaks } from './leaks.tsx';
import { Failure, GeneratedBanner, Loading, NoRows, NothingImported } from './states.tsx';
import { Teams } from './teams.tsx';

/** The first page: are we on track, where does the money go, and can the numbers be trusted. One request. */
export function OverviewPage() {
  const [state, change] = usePageState();
  const [look, setLook] = useState<DaysLook>('chart');
  const picker = useRef<HTMLSelectElement>(null);
  const query = useQuery({
    queryKey: ['overview', state.from, state.to],
    queryFn: ({ signal }) => fetchOverview(state, signal),
    placeholderData: keepPreviousData,
  });
  const overview = query.data ?? null;
  // A window that cannot be read must not take away the months to choose from.
  const lastKnown = useRef<Overview | null>(null);
  lastKnown.current = overview ?? lastKnown.current;
  useEffect(() => {
    document.title = overview
      ? `Overview, ${formatWindow(overview.from, overview.to)} · Tare`
      : 'Overview · Tare';
  }, [overview]);

  const keys = useKeyList({ state, change, look, setLook, focusPicker: () => picker.current?.focus() });

  return (
    <>
      <a className="skip" href="#main">
        Skip to the figures
      </a>
      <Header
        picker={
          <WindowPicker
            state={state}
            overview={lastKnown.current}
            onChange={(window) => change(window)}
            selectRef={picker}
          />
        }
        window={overview && formatWindow(overview.from, overview.to)}
        pill={overview?.extent && <FreshnessPill freshness={viewFreshness(overview.health.freshness)} />}
        onKeys={keys.open}
      />
      <main id="main" tabIndex={-1} aria-busy={query.isFetching}>
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
      </main>
      <p className="visually-hidden" role="status">
        {statusText(query.isFetching, overview)}
      </p>
      {keys.dialog}
    </>
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
      <Sentence text={overview.sentence} />
      <Cards cards={viewCards(overview)} />
      <div className="pair">
        <Funnel overview={overview} />
        <Leaks overview={overview} />
      </div>
      <Days
        overview={overview}
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
  focusPicker: () => void;
}>;

function useKeyList({ state, change, look, setLook, focusPicker }: KeyTargets) {
  const [isOpen, setOpen] = useState(false);
  const [isOn, setOn] = useLocalStorage({ key: 'tare-single-keys', defaultValue: true });
  const focus = useRef(focusPicker);
  focus.current = focusPicker;
  const actions = useMemo<readonly KeyAction[]>(
    () => [
      { key: '?', what: 'this list', run: () => setOpen(true) },
      { key: 'w', what: 'choose the window', run: () => focus.current() },
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
  useKeys(actions, isOn);
  const dialog = (
    <KeysDialog
      actions={actions}
      isOpen={isOpen}
      onClose={() => setOpen(false)}
      isOn={isOn}
      onSwitch={setOn}
    />
  );
  return { dialog, open: () => setOpen(true) };
}

function goToHealth(): void {
  document.getElementById('data-health')?.focus();
}

function statusText(isFetching: boolean, overview: Overview | null): string {
  if (isFetching) return 'Loading figures…';
  return overview ? `Showing ${formatWindow(overview.from, overview.to)}.` : '';
}

/** The money first, what to know about it smaller below. */
function Sentence({ text }: Readonly<{ text: string }>) {
  const [money = text, ...notes] = text.split(/(?<=was tare\.) /);
  return (
    <>
      <h1 className="sentence">{money}</h1>
      {notes.length > 0 && <p className="sentence-notes">{notes.join(' ')}</p>}
    </>
  );
}
