import { Button } from '@mantine/core';
import type { Overview } from '../../../src/app/results/results.ts';
import { formatWindow } from '../format/dates.ts';
import { Command } from '../frame/command.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { PageLoading } from '../frame/page-loading.tsx';

export function Loading() {
  return (
    <PageLoading
      sentence="Loading the overview…"
      cards={['Spent', 'Tare', 'Per productive GPU-hour', 'Difference to the bill']}
    >
      <div className="pair">
        <GhostPanel title="From paid to productive" />
        <GhostPanel title="Largest leaks" />
      </div>
      <GhostPanel title="By day and bucket" />
    </PageLoading>
  );
}

const STARTS: readonly Readonly<{ title: string; text: string; command: string }>[] = [
  {
    title: 'Look around',
    text: 'A generated fleet, nothing to set up, nothing leaves this machine.',
    command: 'npx tare demo',
  },
  {
    title: 'Bring a bill',
    text: 'A FOCUS export of your provider, as CSV or Parquet.',
    command: 'tare import bill.parquet --kind focus',
  },
  {
    title: 'Connect the fleet',
    text: 'Finds Prometheus, Slurm, GPUs and bills within reach and writes a commented tare.yaml.',
    command: 'tare init',
  },
];

export function NothingImported() {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h1 id="empty-title">Nothing imported yet</h1>
      <p>Three ways to put something on the scale:</p>
      <div className="starts">
        {STARTS.map(({ title, text, command }) => (
          <article key={command} className="card">
            <h2>{title}</h2>
            <p>{text}</p>
            <Command text={command} />
          </article>
        ))}
      </div>
    </section>
  );
}

type NoRowsProps = Readonly<{
  overview: Overview;
  onShow: (window: Readonly<{ from: string; to: string }>) => void;
}>;

/** The window is empty, the ledger is not: where its rows are, and a way there. */
export function NoRows({ overview, onShow }: NoRowsProps) {
  const extent = overview.extent!;
  const reach = formatWindow(extent.from, extent.to);
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h1 id="empty-title">No rows in {formatWindow(overview.from, overview.to)}</h1>
      <p>The ledger has rows from {reach}.</p>
      <Button size="sm" onClick={() => onShow({ from: extent.from, to: extent.to })}>
        Show {reach}
      </Button>
    </section>
  );
}
