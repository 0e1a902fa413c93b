import type { MissingEvidence } from '../../../src/app/results/levers.ts';
import { Panel } from '../frame/panel.tsx';
import { asSentence, leverName } from './lever-names.ts';

/** What could not be judged: unknown is not "no saving". */
export function Missing({ missing }: Readonly<{ missing: readonly MissingEvidence[] }>) {
  return (
    <Panel
      id="missing"
      title="What could not be judged"
      note="Unknown is not “no saving”: each line says what would have to be known."
    >
      <ul className="missing">
        {missing.map(({ lever, target, reason }) => (
          <li key={`${lever}/${target}/${reason}`}>
            <strong>
              {leverName(lever)}
              {target && `, ${target}`}
            </strong>
            <span>{asSentence(reason)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
