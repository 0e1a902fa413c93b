import type { Simulation, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { givenTexts, pairedTexts } from './simulation-texts.ts';

type DifferencesProps = Readonly<{
  left: Simulation;
  right: Simulation;
  leftForm: SimulatorForm | undefined;
  rightForm: SimulatorForm | undefined;
}>;

/** What was asked of the two, with what differs first. */
export function Differences({ left, right, leftForm, rightForm }: DifferencesProps) {
  const lines = pairedTexts(givenTexts(left, leftForm), givenTexts(right, rightForm));
  const different = lines.filter((line) => line.left !== line.right);
  const same = lines.length - different.length;
  return (
    <Panel
      id="differences"
      title="Side by side"
      note={
        different.length === 0
          ? 'Both were asked the same.'
          : `What differs; ${same} other ${same === 1 ? 'parameter is' : 'parameters are'} the same.`
      }
    >
      {different.length > 0 && (
        <Scroller label="Table of differences">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">Parameter</th>
                <th scope="col">The first</th>
                <th scope="col">The second</th>
              </tr>
            </thead>
            <tbody>
              {different.map((line) => (
                <tr key={line.name}>
                  <th scope="row">{line.name}</th>
                  <td>{line.left ?? 'as it comes'}</td>
                  <td>{line.right ?? 'as it comes'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </Panel>
  );
}
