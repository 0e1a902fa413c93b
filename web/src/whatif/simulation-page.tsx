import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Simulation, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { cancelSimulation, fetchForms, fetchSimulation } from '../api/fetch-simulations.ts';
import { problemFrom } from '../api/problem.ts';
import { Failure } from '../frame/failure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { Link } from '../frame/link.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { CompareWith } from './compare-with.tsx';
import { Differences } from './differences.tsx';
import { Going } from './going.tsx';
import { Result } from './result.tsx';
import { formAddress, stateOfSimulation } from './simulation-address.ts';
import { stateText } from './simulation-texts.ts';
import { readWhatIfState, type WhatIfState, writeWhatIfState } from './what-if-state.ts';

const WHAT_IF_STATE = { read: readWhatIfState, write: writeWhatIfState };
const EVERY_MS = 400;

/** One simulation: how far it is, what came of it, and another one beside it. */
export default function SimulationPage({ name: id }: Readonly<{ name: string }>) {
  const [state, change] = usePageState(WHAT_IF_STATE);
  const forms = useQuery({
    queryKey: ['simulators'],
    queryFn: ({ signal }) => fetchForms(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const query = useSimulation(id);
  const beside = useSimulation(state.beside);
  const simulation = query.data ?? null;
  const other = beside.data ?? null;
  const formOf = (name: string) => forms.data?.find((form) => form.name === name);
  const form = simulation ? formOf(simulation.simulator) : undefined;
  const title = form?.title ?? simulation?.simulator ?? 'Simulation';
  return (
    <PageFrame
      page="What if"
      title={simulation ? `${title}, ${stateText(simulation)}` : title}
      window={readWhatIfState('')}
      keys={[]}
      isBusy={query.isPending}
      status={simulation ? `${title}: ${simulation.state}.` : ''}
    >
      <p className="way-back">
        <Link href={formAddress(simulation ? stateOfSimulation(simulation, form) : state)}>
          <span aria-hidden="true">← </span>
          {simulation ? 'Change it and run it again' : 'To the form, as this link has it'}
        </Link>
      </p>
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={simulation !== null}
        />
      )}
      {query.isPending && (
        <div className="loading">
          <h1 className="sentence">Loading the simulation…</h1>
          <GhostPanel title="Result" />
        </div>
      )}
      {simulation && (
        <div className="figures">
          <Whole simulation={simulation} form={form} state={state} />
          {simulation.state === 'done' && (
            <CompareWith
              simulation={simulation}
              forms={forms.data ?? []}
              beside={state.beside}
              change={change}
            />
          )}
          {state.beside !== null && beside.isError && (
            <Failure
              problem={problemFrom(beside.error)}
              onRetry={() => beside.refetch()}
              isRetrying={beside.isFetching}
              isBesideFigures
            />
          )}
          {simulation.result && other ? (
            <>
              <Differences
                left={simulation}
                right={other}
                leftForm={form}
                rightForm={formOf(other.simulator)}
              />
              <div className="pair pair-even">
                <Result
                  key={simulation.id}
                  simulation={simulation}
                  form={form}
                  heading="The first"
                  isNarrow
                />
                {other.result ? (
                  <Result
                    key={other.id}
                    simulation={other}
                    form={formOf(other.simulator)}
                    heading="The second"
                    isNarrow
                  />
                ) : (
                  <Going simulation={other} onCancel={async () => {}} />
                )}
              </div>
            </>
          ) : (
            simulation.result && (
              <Result
                key={simulation.id}
                simulation={simulation}
                form={form}
                heading={null}
                isNarrow={false}
              />
            )
          )}
        </div>
      )}
    </PageFrame>
  );
}

function useSimulation(id: string | null) {
  return useQuery({
    queryKey: ['simulation', id],
    queryFn: ({ signal }) => fetchSimulation(id!, signal),
    enabled: id !== null,
    staleTime: ({ state }) => (state.data?.endedAt ? Number.POSITIVE_INFINITY : 0),
    refetchInterval: ({ state }) => (state.data && state.data.endedAt === null ? EVERY_MS : false),
  });
}

type WholeProps = Readonly<{
  simulation: Simulation;
  form: SimulatorForm | undefined;
  state: WhatIfState;
}>;

/** The first line: the answer, how far it is, or why there is none. */
function Whole({ simulation, form }: WholeProps) {
  const client = useQueryClient();
  const title = form?.title ?? simulation.simulator;
  const cancel = async (): Promise<void> => {
    await cancelSimulation(simulation.id).catch(() => {});
    await client.invalidateQueries({ queryKey: ['simulation', simulation.id] });
  };
  switch (simulation.state) {
    case 'waiting':
    case 'running':
      return (
        <>
          <h1 className="sentence">
            {title} is {simulation.state === 'waiting' ? 'waiting its turn' : 'running'}
          </h1>
          <Going simulation={simulation} onCancel={cancel} />
        </>
      );
    case 'cancelled':
      return (
        <section className="empty" aria-labelledby="cancelled-title">
          <h1 id="cancelled-title">{title} was cancelled</h1>
          <p>Nothing is kept of it but what was asked.</p>
          <Link href={formAddress(stateOfSimulation(simulation, form))}>Run it again</Link>
        </section>
      );
    case 'failed': {
      const { title: what, detail, remedy, code } = simulation.problem!;
      return (
        <div className="failure" role="alert">
          <h1>{what}</h1>
          <p>{detail}</p>
          <p>
            <strong>What to do:</strong> {remedy}
          </p>
          <p className="failure-foot">
            <Link href={formAddress(stateOfSimulation(simulation, form))}>Change it and run it again</Link>
            <span className="note">code {code}</span>
          </p>
        </div>
      );
    }
    case 'done':
      return <h1 className="sentence">{headlineOf(simulation, title)}</h1>;
    default:
      return simulation.state satisfies never;
  }
}

/** The last table answers where there are several: what was chosen. */
function headlineOf({ result }: Simulation, title: string): string {
  const headline = result!.tables.findLast((table) => table.headline !== null)?.headline ?? title;
  return `${headline.charAt(0).toUpperCase()}${headline.slice(1)}.`.replace(/([.:])\.$/, '$1');
}
