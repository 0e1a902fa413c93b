import type { HealthReport } from '../../../src/app/results/health.ts';
import { Command } from '../frame/command.tsx';
import { Panel } from '../frame/panel.tsx';

/** Each problem with its fix and the command that does it, or shows what to do it with. */
export function Problems({ report }: Readonly<{ report: HealthReport }>) {
  const { problems } = report;
  return (
    <Panel id="problems" title="What to look at" note="wrong figures first, then what is missing from them">
      {problems.length === 0 ? (
        <p>
          <strong className="good">✓ Nothing.</strong> The bill, the ledger and what was measured agree.
        </p>
      ) : (
        <ul className="problems">
          {problems.map(({ id, status, title, remedy, command }) => (
            <li key={id} data-problem={id}>
              <div>
                <p>
                  <strong className={status === 'failing' ? 'bad' : 'watch'}>
                    <span aria-hidden="true">{status === 'failing' ? '✕' : '▲'}</span>{' '}
                    {status === 'failing' ? 'wrong' : 'look'}
                  </strong>{' '}
                  {title}.
                </p>
                <p className="quiet">{remedy}</p>
              </div>
              {command && <Command text={command} />}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
