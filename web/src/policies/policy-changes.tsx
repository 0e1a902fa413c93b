import type { PolicyChange } from '../../../src/app/results/policies.ts';
import { Panel } from '../frame/panel.tsx';

const SIGNS = { added: '+', removed: '−', changed: '±' } as const;

/** How the text differs from the policies in force. */
export function PolicyChanges({ changes }: Readonly<{ changes: readonly PolicyChange[] }>) {
  return (
    <Panel
      id="changes"
      title="Against those in force"
      note="by meaning: order, spacing and comments do not count"
    >
      {changes.length === 0 ? (
        <p>The same as those in force.</p>
      ) : (
        <ul className="policy-changes">
          {changes.map(({ change, name, rule, before, after }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two policies may be alike
            <li key={index}>
              <span aria-hidden="true">{SIGNS[change]}</span> <strong>{name}</strong>
              {name !== rule && ` (${rule})`} is {change}
              {before !== null && <pre className="was">{before}</pre>}
              {after !== null && <pre className="is">{after}</pre>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
