import type { MissingEvidence } from '../../../src/app/results/levers.ts';
import { Panel } from '../frame/panel.tsx';
import { asSentence, leverName } from './lever-names.ts';
import { viewMissing } from './savings-views.ts';

/** What could not be judged: unknown is not "no saving". */
export function Missing({ missing }: Readonly<{ missing: readonly MissingEvidence[] }>) {
  return (
    <Panel
      id="missing"
      title="What could not be judged"
      note="Unknown is not “no saving”: each line says what would have to be known."
    >
      <ul className="missing">
        {viewMissing(missing).map(({ lever, reason, targets }) => (
          <li key={`${lever}/${reason}`}>
            <span>
              <strong>{leverName(lever)}:</strong> {asSentence(reason)}.
            </span>
            {targets.length > 0 && <span className="quiet">{targets.join(', ')}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
