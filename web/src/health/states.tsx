import type { HealthReport } from '../../../src/app/results/health.ts';
import { Command } from '../frame/command.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { PageLoading } from '../frame/page-loading.tsx';

export function HealthLoading() {
  return (
    <PageLoading
      sentence="Checking the numbers…"
      cards={['Difference to the bill', 'Cost with a bill', 'GPU-hours observed', 'To look at']}
    >
      <GhostPanel title="What to look at" />
      <GhostPanel title="The bill against the ledger" />
    </PageLoading>
  );
}

const BRINGS: readonly Readonly<{ title: string; text: string; command: string }>[] = [
  {
    title: 'What you pay',
    text: 'A bill as a FOCUS export. With it every cost adds up to the invoice.',
    command: 'tare import bill.parquet --kind focus',
  },
  {
    title: 'What the GPUs did',
    text: 'Samples of a metrics server or of files. With them idle and underused time show.',
    command: 'tare import usage.csv --kind usage',
  },
  {
    title: 'Who held them',
    text: 'Allocations of pods and jobs. With them every cost finds its team.',
    command: 'tare import allocations.csv --kind allocations',
  },
];

/** There is nothing yet that could be right or wrong. */
export function NothingToTrust({ report }: Readonly<{ report: HealthReport }>) {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h1 id="empty-title">Nothing imported yet</h1>
      <p>{report.sentence}</p>
      <div className="starts">
        {BRINGS.map(({ title, text, command }) => (
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
