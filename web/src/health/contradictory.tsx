import type { HealthReport } from '../../../src/app/results/health.ts';
import { hoursText } from '../format/quantity.ts';
import { Command } from '../frame/command.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';

/** Devices that are not believed. There is nothing to show where there is none. */
export function Contradictory({ report: { contradictory } }: Readonly<{ report: HealthReport }>) {
  if (contradictory.length === 0) return null;
  return (
    <Panel
      id="contradictory"
      title="Devices that contradict themselves"
      note="fully busy without a process or memory in use: not counted as work"
    >
      <Scroller label="Contradictory devices">
        <table className="grid contradictory">
          <thead>
            <tr>
              <th scope="col">Device</th>
              <th scope="col">Node</th>
              <th scope="col">GPU</th>
              <th scope="col" className="number">
                GPU-hours not believed
              </th>
              <th scope="col" className="number">
                of GPU-hours
              </th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {contradictory.map((one) => (
              <tr key={`${one.device}/${one.node}/${one.pool}`}>
                <th scope="row">{one.device}</th>
                <td>
                  {one.node}
                  <span className="row-note">{one.pool}</span>
                </td>
                <td>{one.gpuModel}</td>
                <td className="number" title={String(one.contradictoryGpuHours)}>
                  {hoursText(one.contradictoryGpuHours)}
                </td>
                <td className="number" title={String(one.gpuHours)}>
                  {hoursText(one.gpuHours)}
                </td>
                <td className="remedy">
                  <Command text={one.command} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}
