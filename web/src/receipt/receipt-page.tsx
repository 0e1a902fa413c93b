import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { RunReceipt, RunRow } from '../../../src/app/results/runs.ts';
import { fetchReceipt } from '../api/fetch-runs.ts';
import { problemFrom } from '../api/problem.ts';
import { BucketSplit } from '../buckets/bucket-split.tsx';
import { formatInstant } from '../format/dates.ts';
import { hoursText } from '../format/quantity.ts';
import { Failure } from '../frame/failure.tsx';
import { GeneratedBanner } from '../frame/generated-banner.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { Link } from '../frame/link.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { pathBelow } from '../frame/page-list.ts';
import { Panel } from '../frame/panel.tsx';
import { listAddress } from '../runs/list-address.ts';
import { LOST_STATES, stateText } from '../runs/run-cells.ts';
import { readWindowState } from '../state/url-state.ts';
import { ReceiptLines } from './receipt-lines.tsx';
import { receiptSentence, viewBuckets } from './receipt-view.ts';
import { Timeline } from './timeline.tsx';

/** One run: what it cost and why, line by line and hour by hour. */
export default function ReceiptPage({ name: runId }: Readonly<{ name: string }>) {
  const query = useQuery({
    queryKey: ['receipt', runId],
    queryFn: ({ signal }) => fetchReceipt(runId, signal),
  });
  const receipt = query.data ?? null;
  const list = listAddress();
  return (
    <PageFrame
      page="Runs"
      title={receipt ? `${receipt.run.name}, run` : 'Run'}
      window={readWindowState(new URLSearchParams(list.split('?')[1] ?? ''))}
      keys={[]}
      isBusy={query.isFetching}
      status={receipt ? `Showing the receipt of ${receipt.run.name}.` : ''}
    >
      <p className="way-back">
        <Link href={list}>
          <span aria-hidden="true">← </span>All runs
        </Link>
      </p>
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={receipt !== null}
        />
      )}
      {query.isPending && (
        <div className="loading">
          <h1 className="sentence">Loading the receipt…</h1>
          <GhostPanel title="Receipt" />
        </div>
      )}
      {receipt && (
        <div className="figures">
          {receipt.generated && <GeneratedBanner generated={receipt.generated} />}
          <h1 className="sentence">{receiptSentence(receipt)}</h1>
          <ReceiptLines receipt={receipt} />
          <Timeline receipt={receipt} />
          <div className="pair">
            <div className="stack">
              <Buckets receipt={receipt} />
              <Recipe run={receipt.run} />
            </div>
            <About receipt={receipt} />
          </div>
        </div>
      )}
    </PageFrame>
  );
}

function Buckets({ receipt }: Readonly<{ receipt: RunReceipt }>) {
  const rows = viewBuckets(receipt);
  if (rows === null) return null;
  return (
    <Panel id="buckets" title="Where the GPU time went" note={`GPU time alone, ${receipt.currency}`}>
      <BucketSplit lines={rows} />
    </Panel>
  );
}

/** What else is known about the run; what is not known is left out. */
function About({ receipt }: Readonly<{ receipt: RunReceipt }>) {
  const { run, sharedWith } = receipt;
  return (
    <Panel id="about" title="About the run">
      {run.notes.length > 0 && (
        <ul className="run-notes">
          {run.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <dl className="facts">
        <Fact name="State">
          <span className={LOST_STATES.includes(run.state) ? 'bad' : undefined}>{stateText(run.state)}</span>
          {run.stateDetail && `, ${run.stateDetail}`}
        </Fact>
        <Fact name="Id">
          <code>{run.runId}</code>
        </Fact>
        {factsOf(run).map(([name, text]) => (
          <Fact key={name} name={name}>
            {text}
          </Fact>
        ))}
        {run.duplicateOf && (
          <Fact name="Did again what was done by">
            <RunLink id={run.duplicateOf} />
          </Fact>
        )}
        {run.parentRunId && (
          <Fact name="Part of">
            <RunLink id={run.parentRunId} />
          </Fact>
        )}
        {sharedWith.length > 0 && (
          <Fact name="Shares its workload with">
            {sharedWith.map((id) => (
              <RunLink key={id} id={id} />
            ))}
          </Fact>
        )}
      </dl>
    </Panel>
  );
}

/** What went into the run and what came out of it. */
function Recipe({ run: { parameters, metrics } }: Readonly<{ run: RunRow }>) {
  const [inputs, results] = [Object.entries(parameters), Object.entries(metrics)];
  if (inputs.length + results.length === 0) return null;
  return (
    <Panel id="recipe" title="Parameters and metrics">
      <div className="recipe">
        <Names title="Parameters" entries={inputs} />
        <Names title="Metrics" entries={results} />
      </div>
    </Panel>
  );
}

function factsOf(run: RunRow): readonly (readonly [string, string])[] {
  const hours = (value: number | null) => (value === null ? null : `${hoursText(value)} h`);
  const facts: readonly (readonly [string, string | null])[] = [
    ['Team', run.team],
    ['Model', run.model],
    ['Environment', run.environment],
    ['Experiment', run.experiment],
    ['Queue', run.queue],
    ['Queued', run.queuedAt && formatInstant(run.queuedAt)],
    ['Started', run.startedAt && formatInstant(run.startedAt)],
    ['Ended', run.endedAt && formatInstant(run.endedAt)],
    ['Waited', hours(run.waitHours)],
    ['Took', hours(run.durationHours)],
    ['Checkpoints', String(run.checkpoints)],
  ];
  return facts.filter((fact): fact is readonly [string, string] => Boolean(fact[1]));
}

function Fact({ name, children }: Readonly<{ name: string; children: ReactNode }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="wrap">{children}</dd>
    </div>
  );
}

function Names({
  title,
  entries,
}: Readonly<{ title: string; entries: readonly (readonly [string, string | number])[] }>) {
  if (entries.length === 0) return null;
  return (
    <div>
      <h3 className="facts-title">{title}</h3>
      <dl className="facts">
        {entries.map(([name, value]) => (
          <Fact key={name} name={name}>
            {String(value)}
          </Fact>
        ))}
      </dl>
    </div>
  );
}

function RunLink({ id }: Readonly<{ id: string }>) {
  return <Link href={pathBelow('Runs', id)}>{id}</Link>;
}
