import { Button } from '@mantine/core';
import type { StepsDone } from '../api/ask-api.ts';
import { timeLeft } from '../format/time-left.ts';
import { ProgressBar } from '../frame/progress-bar.tsx';

export type Weighing = StepsDone & Readonly<{ startedMs: number; atMs: number }>;

type WeighingProps = Readonly<{ weighing: Weighing | null; onCancel: () => void }>;

/** How far the search for the best plan is, about how long it will take, and a way to stop it. */
export function WeighingBar({ weighing, onCancel }: WeighingProps) {
  return (
    <div className="weighing">
      <ProgressBar label="Weighed so far" fraction={fractionOf(weighing)} text={weighingText(weighing)} />
      <Button size="xs" variant="default" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

function fractionOf(weighing: Weighing | null): number | null {
  return weighing?.total ? weighing.done / weighing.total : null;
}

/** `Pricing spot, step 3 of 8, about 2 s left`: what is left at the pace so far. */
export function weighingText(weighing: Weighing | null): string {
  if (!weighing) return 'Waiting for the ledger to be up to date';
  const { task, done, total, startedMs, atMs } = weighing;
  const name = task.charAt(0).toUpperCase() + task.slice(1);
  if (!total) return name;
  const step = `${name}, step ${Math.min(done + 1, total)} of ${total}`;
  const seconds = done === 0 ? null : ((atMs - startedMs) / 1_000) * (total / done - 1);
  return seconds === null ? step : `${step}, about ${timeLeft(seconds)} left`;
}
