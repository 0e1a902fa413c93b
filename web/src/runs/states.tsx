import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RunRow, RunsReport } from '../../../src/app/results/runs.ts';
import { fetchOutermostRun } from '../api/fetch-runs.ts';
import { formatDay, formatWindow, shiftDay } from '../format/dates.ts';
import { Command } from '../frame/command.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { PageLoading } from '../frame/page-loading.tsx';
import type { WindowState } from '../state/url-state.ts';

export function RunsLoading() {
  return (
    <PageLoading sentence="Loading runs…" cards={['Runs', 'Cost', 'Lost', 'Waited']}>
      <GhostPanel title="Runs" />
    </PageLoading>
  );
}

type NoRunsProps = Readonly<{
  report: RunsReport;
  onShow: (window: WindowState) => void;
}>;

/** The window has no run: where there are some and a way there, or how to bring the first. */
export function NoRuns({ report, onShow }: NoRunsProps) {
  const first = useQuery({
    queryKey: ['run', 'first'],
    queryFn: ({ signal }) => fetchOutermostRun('first', signal),
  });
  const last = useQuery({
    queryKey: ['run', 'last'],
    queryFn: ({ signal }) => fetchOutermostRun('last', signal),
  });
  const from = startOf(first.data);
  const to = startOf(last.data);
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h1 id="empty-title">No run was waiting or going on in {formatWindow(report.from, report.to)}</h1>
      {from && to ? (
        <>
          <p>
            The runs that are known started from {formatDay(from)} to {formatDay(to)}.
          </p>
          <Button
            size="sm"
            onClick={() => onShow({ from: from.slice(0, 10), to: shiftDay(to.slice(0, 10), 1) })}
          >
            Show {formatWindow(`${from.slice(0, 10)}T00:00:00Z`, `${shiftDay(to.slice(0, 10), 1)}T00:00:00Z`)}
          </Button>
        </>
      ) : (
        first.isSuccess && last.isSuccess && <Starts />
      )}
    </section>
  );
}

function startOf(report: RunsReport | undefined): string | null {
  return (report?.rows[0] as RunRow | undefined)?.startedAt ?? null;
}

const STARTS = [
  {
    title: 'Meter a command',
    text: 'Runs it as it is, prints what it cost, and keeps it as a run.',
    command: 'tare run -- python train.py',
  },
  {
    title: 'Bring the scheduler’s list',
    text: 'What Slurm’s accounting knows: jobs, attempts, waits and ends.',
    command: 'tare import sacct.txt --kind sacct',
  },
  {
    title: 'Bring any list',
    text: 'Runs as CSV or JSON, in anyone’s columns.',
    command: 'tare import runs.csv --kind runs',
  },
] as const;

function Starts() {
  return (
    <>
      <p>No run is known yet. Three ways to bring some:</p>
      <div className="starts">
        {STARTS.map(({ title, text, command }) => (
          <article key={command} className="card">
            <h2>{title}</h2>
            <p>{text}</p>
            <Command text={command} />
          </article>
        ))}
      </div>
    </>
  );
}
