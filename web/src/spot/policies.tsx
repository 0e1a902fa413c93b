import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SpotReport } from '../../../src/app/results/spot.ts';
import { fetchSpotRuns } from '../api/fetch-fit.ts';
import { cancelSimulation, fetchForms, fetchSimulation, startSimulation } from '../api/fetch-simulations.ts';
import { type Problem, problemFrom } from '../api/problem.ts';
import { hoursText } from '../format/quantity.ts';
import { Failure } from '../frame/failure.tsx';
import { Link } from '../frame/link.tsx';
import { Panel } from '../frame/panel.tsx';
import { Going } from '../whatif/going.tsx';
import { Result } from '../whatif/result.tsx';
import { formAddress } from '../whatif/simulation-address.ts';
import { TraceInput } from '../whatif/sources.tsx';
import { givenTrace } from '../whatif/trace-memory.ts';
import { readWhatIfState } from '../whatif/what-if-state.ts';
import type { SpotPartProps } from './spot-part.ts';
import type { SpotState } from './spot-state.ts';
import { type SpotJobView, viewJob } from './spot-view.ts';

const EVERY_MS = 700;

/** All policies on a trace of spot capacity, for the job of one run: played by the simulator, in a process of its own. */
export function Policies({ state, change }: SpotPartProps) {
  const { from, to, prices } = state;
  const runs = useQuery({
    queryKey: ['spot-runs', from, to, prices],
    queryFn: ({ signal }) => fetchSpotRuns(state, signal),
    staleTime: 300_000,
  });
  return (
    <Panel
      id="policies"
      title="Policies side by side"
      note="On demand alone, greedy, Uniform Progress, Tare's own and the optimum in hindsight, on a record of when spot capacity was there."
    >
      {runs.isPending && <p className="quiet">Looking for runs that could be on spot…</p>}
      {runs.isError && (
        <Failure
          problem={problemFrom(runs.error)}
          onRetry={() => runs.refetch()}
          isRetrying={runs.isFetching}
          isBesideFigures
        />
      )}
      {runs.data && <Jobs report={runs.data} state={state} change={change} />}
    </Panel>
  );
}

type JobsProps = Readonly<{ report: SpotReport; state: SpotState; change: SpotPartProps['change'] }>;

function Jobs({ report, state, change }: JobsProps) {
  const jobs = report.rows.flatMap((row) => {
    const pool = report.pools.find(({ id }) => id === row.lever);
    const job = pool ? viewJob(row, pool, row.runId === state.run ? state.deadline : null) : null;
    return row.runId !== null && job ? [{ id: row.runId, workload: row.workload, job }] : [];
  });
  if (jobs.length === 0) {
    return (
      <p className="quiet">
        No run of this window could have been on spot. A job that you have in mind can be tried in{' '}
        <Link href={formAddress({ ...readWhatIfState(''), simulator: 'spot', source: 'trace' })}>
          What if
        </Link>
        .
      </p>
    );
  }
  const chosen = jobs.find(({ id }) => id === state.run) ?? jobs[0]!;
  return (
    <>
      <NativeSelect
        size="xs"
        label="Run"
        value={chosen.id}
        onChange={(event) => change({ run: event.currentTarget.value, deadline: null, simulation: null })}
        data={jobs.map(({ id, workload, job }) => ({
          value: id,
          label: `${id} (${workload}, ${hoursText(Number(job.workHours))} h)`,
        }))}
      />
      <Player
        key={chosen.id}
        run={chosen.id}
        job={chosen.job}
        currency={report.currency}
        state={state}
        change={change}
      />
      {state.simulation && <Played id={state.simulation} />}
    </>
  );
}

type PlayerProps = Readonly<{
  run: string;
  job: SpotJobView;
  currency: string;
  state: SpotState;
  change: SpotPartProps['change'];
}>;

function Player({ run, job, currency, change }: PlayerProps) {
  const forms = useQuery({
    queryKey: ['simulators'],
    queryFn: ({ signal }) => fetchForms(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [deadline, setDeadline] = useState(job.deadlineHours);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [missing, setMissing] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = forms.data?.find(({ name }) => name === 'spot');
  const file = form?.files.find(({ isRequired }) => isRequired);
  if (!form || !file) return null;
  const play = async (): Promise<void> => {
    const trace = givenTrace('spot', file.name);
    setProblem(null);
    setMissing(trace === null ? 'Give a record, or take the example.' : null);
    if (trace === null) return;
    setBusy(true);
    try {
      const started = await startSimulation({
        simulator: 'spot',
        parameters: { ...job, deadlineHours: deadline, changeoverHours: '0.17', compare: true },
        files: { [file.name]: trace },
      });
      change({ run, deadline: deadline === job.deadlineHours ? null : deadline, simulation: started.id });
    } catch (error) {
      setProblem(problemFrom(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="policies-form">
      <dl className="facts">
        <Fact name="Work" value={`${job.workHours} h`} />
        <Fact name="An hour on demand" value={`${job.onDemand} ${currency}`} />
        <Fact name="An hour on spot" value={`${job.spot} ${currency}`} />
        <Fact name="A checkpoint takes" value={`${job.checkpointSeconds} s`} />
        <Fact name="Each start takes" value="10 min" />
      </dl>
      <TextInput
        size="xs"
        label="Deadline, hours after its start"
        inputMode="decimal"
        value={deadline}
        onChange={(event) => setDeadline(event.currentTarget.value)}
      />
      <TraceInput simulator="spot" file={file} problem={missing} onTrace={() => setMissing(null)} />
      <Button size="xs" onClick={play} loading={isBusy}>
        Play the policies
      </Button>
      {problem && <Failure problem={problem} onRetry={play} isRetrying={isBusy} isBesideFigures />}
    </div>
  );
}

function Fact({ name, value }: Readonly<{ name: string; value: string }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Played({ id }: Readonly<{ id: string }>) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['simulation', id],
    queryFn: ({ signal }) => fetchSimulation(id, signal),
    refetchInterval: ({ state }) => (state.data && state.data.endedAt === null ? EVERY_MS : false),
  });
  const forms = useQuery({ queryKey: ['simulators'], queryFn: ({ signal }) => fetchForms(signal) });
  const simulation = query.data;
  if (query.isError) {
    return (
      <Failure
        problem={problemFrom(query.error)}
        onRetry={() => query.refetch()}
        isRetrying={query.isFetching}
        isBesideFigures
      />
    );
  }
  if (!simulation) return null;
  if (simulation.result) {
    return (
      <Result
        simulation={simulation}
        form={forms.data?.find(({ name }) => name === 'spot')}
        heading="What each policy would have paid"
        isNarrow={false}
      />
    );
  }
  if (simulation.problem) {
    const { title, detail, remedy, code } = simulation.problem;
    return (
      <div className="failure" role="alert">
        <h2>{title}</h2>
        <p>{detail}</p>
        <p>
          <strong>What to do:</strong> {remedy}
        </p>
        <p className="note">code {code}</p>
      </div>
    );
  }
  const cancel = async (): Promise<void> => {
    await cancelSimulation(id).catch(() => {});
    await client.invalidateQueries({ queryKey: ['simulation', id] });
  };
  return simulation.endedAt === null ? (
    <Going simulation={simulation} onCancel={cancel} />
  ) : (
    <p className="quiet">It was cancelled.</p>
  );
}
