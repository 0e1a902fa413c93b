import { useQuery } from '@tanstack/react-query';
import type { SimulatorForm } from '../../../src/app/results/simulation.ts';
import { fetchForms } from '../api/fetch-simulations.ts';
import { problemFrom } from '../api/problem.ts';
import { Failure } from '../frame/failure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { Link } from '../frame/link.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { Remembered } from './remembered.tsx';
import { SimulatorFormPanel } from './simulator-form.tsx';
import type { WhatIfState } from './what-if-state.ts';
import { readWhatIfState, writeWhatIfState } from './what-if-state.ts';

export const WHAT_IF_STATE = { read: readWhatIfState, write: writeWhatIfState };

/** Choose a simulator, say what to try, and start it. */
export default function WhatIfPage() {
  const [state, change] = usePageState(WHAT_IF_STATE);
  const query = useQuery({
    queryKey: ['simulators'],
    queryFn: ({ signal }) => fetchForms(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const forms = query.data ?? null;
  const form = forms?.find(({ name }) => name === state.simulator) ?? forms?.[0] ?? null;
  return (
    <PageFrame
      page="What if"
      title={form ? `What if: ${form.title.toLowerCase()}` : 'What if'}
      window={state}
      keys={[]}
      isBusy={query.isFetching}
      status={form ? `Showing the form of ${form.title}.` : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={false}
        />
      )}
      {query.isPending && (
        <div className="loading">
          <h1 className="sentence">Loading simulators…</h1>
          <GhostPanel title="Simulators" />
        </div>
      )}
      {forms && form && <Content forms={forms} form={form} state={state} change={change} />}
    </PageFrame>
  );
}

type ContentProps = Readonly<{
  forms: readonly SimulatorForm[];
  form: SimulatorForm;
  state: WhatIfState;
  change: ChangeState<WhatIfState>;
}>;

function Content({ forms, form, state, change }: ContentProps) {
  return (
    <div className="figures">
      <h1 className="sentence">{form.question}</h1>
      <div className="what-if">
        <nav className="simulators panel" aria-label="Simulators">
          <ul>
            {forms.map(({ name, title, question }) => (
              <li key={name}>
                <Link
                  href={`/what-if${writeWhatIfState({ ...EMPTY_STATE, simulator: name })}`}
                  aria-current={name === form.name ? 'true' : undefined}
                >
                  {title}
                  <span className="row-note">{question}</span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <SimulatorFormPanel key={form.name} form={form} state={state} change={change} />
      </div>
      <Remembered forms={forms} />
    </div>
  );
}

const EMPTY_STATE = readWhatIfState('');
