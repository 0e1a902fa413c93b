import type { Simulation, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { formatPercent } from '../format/quantity.ts';
import { timeLeft } from '../format/time-left.ts';

const STATE_NAMES: Readonly<Record<Simulation['state'], string>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** `running, 42 %, 12 s left`. */
export function stateText({ state, progress }: Simulation): string {
  const parts = [STATE_NAMES[state]];
  if (state === 'running' && progress?.fraction != null) parts.push(formatPercent(progress.fraction));
  if (state === 'running' && progress?.secondsLeft != null)
    parts.push(`${timeLeft(progress.secondsLeft)} left`);
  return parts.join(', ');
}

/** What was given, by the labels of the form; history and files first. */
export function givenTexts(
  simulation: Simulation,
  form: SimulatorForm | undefined,
): readonly (readonly [string, string])[] {
  const { history, files, parameters } = simulation;
  const labels = new Map(
    form?.fields.map(({ name, label, unit }) => [name, unit ? `${label}, ${unit}` : label]),
  );
  return [
    ...(history
      ? ([
          ['History', `${history.from.slice(0, 16)}Z to ${history.to.slice(0, 16)}Z`],
          ['Of', history.about ?? 'the whole fleet'],
        ] as const)
      : files.map(({ name, fileName }) => [labelOfFile(name, form), fileName] as const)),
    ...Object.entries(parameters).map(
      ([name, value]) => [labels.get(name) ?? name, value === true ? 'yes' : String(value)] as const,
    ),
  ];
}

function labelOfFile(name: string, form: SimulatorForm | undefined): string {
  return form?.files.find((file) => file.name === name)?.label ?? name;
}

/** Lines of two lists under each other; `null` where one has none. */
export function pairedTexts(
  left: readonly (readonly [string, string])[],
  right: readonly (readonly [string, string])[],
): readonly Readonly<{ name: string; left: string | null; right: string | null }>[] {
  const [first, second] = [new Map(left), new Map(right)];
  return [...new Set([...first.keys(), ...second.keys()])].map((name) => ({
    name,
    left: first.get(name) ?? null,
    right: second.get(name) ?? null,
  }));
}
