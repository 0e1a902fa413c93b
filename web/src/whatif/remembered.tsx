import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Simulation, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { cancelSimulation, fetchSimulations } from '../api/fetch-simulations.ts';
import { formatShortInstant } from '../format/dates.ts';
import { Link } from '../frame/link.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { simulationAddress } from './simulation-address.ts';
import { givenTexts, stateText } from './simulation-texts.ts';

const EVERY_MS = 1_000;

/** What waits, goes on and has ended, so that a simulation can be left and found again. */
export function Remembered({ forms }: Readonly<{ forms: readonly SimulatorForm[] }>) {
  const query = useQuery({
    queryKey: ['simulations'],
    queryFn: ({ signal }) => fetchSimulations(signal),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(({ endedAt }) => endedAt === null) ? EVERY_MS : false),
  });
  const simulations = query.data ?? [];
  return (
    <Panel
      id="remembered"
      title="Simulations"
      note="The last fifty, kept by the server until it stops. The same parameters and traces give the same answer."
    >
      {simulations.length === 0 ? (
        <p className="quiet">None yet. The first one that you run stands here.</p>
      ) : (
        <Scroller label="Table of simulations" className="scroller days-table">
          <table className="grid simulations">
            <thead>
              <tr>
                <th scope="col">Simulation</th>
                <th scope="col">State</th>
                <th scope="col">Asked at, UTC</th>
                <th scope="col">
                  <span className="visually-hidden">Stop or forget</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {simulations.map((simulation) => (
                <Line key={simulation.id} simulation={simulation} forms={forms} />
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </Panel>
  );
}

function Line({ simulation, forms }: Readonly<{ simulation: Simulation; forms: readonly SimulatorForm[] }>) {
  const client = useQueryClient();
  const form = forms.find(({ name }) => name === simulation.simulator);
  const title = form?.title ?? simulation.simulator;
  const isOver = simulation.endedAt !== null;
  const stop = async (): Promise<void> => {
    // One that was forgotten meanwhile is gone either way.
    await cancelSimulation(simulation.id).catch(() => {});
    await client.invalidateQueries({ queryKey: ['simulations'] });
  };
  return (
    <tr>
      <th scope="row">
        <Link href={simulationAddress(simulation, form)}>{title}</Link>
        <span className="row-note">
          {givenTexts(simulation, form)
            .map(([name, value]) => `${name}: ${value}`)
            .join(' · ')}
        </span>
      </th>
      <td>{stateText(simulation)}</td>
      <td className="instant">{formatShortInstant(simulation.askedAt)}</td>
      <td className="number">
        <Button
          size="compact-xs"
          variant="default"
          onClick={stop}
          aria-label={`${isOver ? 'Forget' : 'Cancel'} ${title}, ${simulation.id}`}
        >
          {isOver ? 'Forget' : 'Cancel'}
        </Button>
      </td>
    </tr>
  );
}
