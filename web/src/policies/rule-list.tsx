import { Button } from '@mantine/core';
import type { PoliciesReport, Word } from '../../../src/app/results/policies.ts';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';

type RuleListProps = Readonly<{ report: PoliciesReport; onInsert: (example: string) => void }>;

/** The rules that there are, and the words of expressions. */
export function RuleList({ report, onInsert }: RuleListProps) {
  return (
    <Panel id="rules" title="Rules" note="Each asks one thing of a launch; add one, then change its values.">
      <Scroller label="List of rules" className="rule-list">
        <ul>
          {report.rules.map(({ rule, asks, parameters, example }) => (
            <li key={rule}>
              <div>
                <code>{rule}</code> {asks}
                {parameters.length > 0 && <Words words={parameters} />}
              </div>
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => onInsert(example)}
                aria-label={`Add ${rule}`}
              >
                Add
              </Button>
            </li>
          ))}
        </ul>
      </Scroller>
      <details className="policy-words">
        <summary>What every rule may have</summary>
        <Words words={report.common} />
        <p className="quiet">Owner dimensions here: {report.dimensions.join(', ')}.</p>
      </details>
      <details className="policy-words">
        <summary>Words of expressions</summary>
        <p className="quiet">
          Comparisons, and, or, not, in, not in, arithmetic and texts in quotes. What a launch does not say is
          unknown, and only what is true is denied.
        </p>
        <Words words={report.names} />
        <p className="quiet">Functions:</p>
        <Words words={report.functions} />
      </details>
    </Panel>
  );
}

function Words({ words }: Readonly<{ words: readonly Word[] }>) {
  return (
    <dl className="words">
      {words.map(({ name, meaning }) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
