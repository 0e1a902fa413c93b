import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Simulation } from '../../../src/app/results/simulation.ts';
import { timeLeft } from '../format/time-left.ts';
import { Panel } from '../frame/panel.tsx';
import { ProgressBar } from '../frame/progress-bar.tsx';
import { capital } from './result-chart.ts';

type GoingProps = Readonly<{ simulation: Simulation; onCancel: () => Promise<void> }>;

/** How far it is, and how long it will take. It may be left: the server goes on. */
export function Going({ simulation, onCancel }: GoingProps) {
  const { state, progress, command } = simulation;
  const [isStopping, setStopping] = useState(false);
  const spoken = useEvery(progressText(simulation), 5_000);
  const cancel = async (): Promise<void> => {
    setStopping(true);
    await onCancel();
    setStopping(false);
  };
  return (
    <Panel
      id="going"
      title={
        state === 'waiting'
          ? 'Waiting until another one ends'
          : capital(progress?.task ?? 'Reading what is replayed')
      }
      note="You may leave: it goes on, and this address leads back to it."
      controls={
        <Button size="xs" variant="default" onClick={cancel} loading={isStopping}>
          Cancel
        </Button>
      }
    >
      <ProgressBar
        label="Simulated so far"
        fraction={progress?.fraction ?? null}
        text={progressText(simulation)}
      />
      <p className="note">
        <code>{command}</code>
      </p>
      <p className="visually-hidden" role="status">
        {spoken}
      </p>
    </Panel>
  );
}

function progressText({ state, progress }: Simulation): string {
  if (state === 'waiting') return 'Not started yet';
  if (progress?.fraction == null) return 'Under way; nobody knows yet how long it takes';
  const percent = `${Math.floor(progress.fraction * 100)} %`;
  return progress.secondsLeft === null ? percent : `${percent}, about ${timeLeft(progress.secondsLeft)} left`;
}

/** A text that changes often, as often as a person can listen to it. */
function useEvery(text: string, milliseconds: number): string {
  const [shown, setShown] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setShown(text), milliseconds);
    return () => clearTimeout(timer);
  }, [text, milliseconds]);
  return shown;
}
