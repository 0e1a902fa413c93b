import { Button } from '@mantine/core';
import type { LeversReport } from '../../../src/app/results/levers.ts';
import { Command } from '../frame/command.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { PageLoading } from '../frame/page-loading.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { SavingsState } from './savings-state.ts';

export function SavingsLoading() {
  return (
    <PageLoading
      sentence="Replaying your history…"
      cards={['Open savings, a month', 'GPU cost, a month', 'Levers', 'Idle while others queued']}
    >
      <GhostPanel title="What to do" />
    </PageLoading>
  );
}

type NoLeversProps = Readonly<{ report: LeversReport; change: ChangeState<SavingsState> }>;

/** Too little history, none at all, or a fleet with nothing to change: three different things. */
export function NoLevers({ report, change }: NoLeversProps) {
  const { days } = report.period;
  if (days >= LEAST_DAYS) return null;
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h2 id="empty-title">
        {days === 0
          ? 'No hour of this window is in the ledger'
          : `${days.toFixed(1)} of ${LEAST_DAYS} days of history`}
      </h2>
      <p>Levers are replayed on your own history: machines, who held them, and samples of what they did.</p>
      <Button size="sm" onClick={() => change({ from: '90d', to: null })}>
        Look at the last 90 days
      </Button>
      <Command text="tare collect --from 30d" />
    </section>
  );
}

const LEAST_DAYS = 3;
