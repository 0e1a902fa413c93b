import type { InferenceReport } from '../../../src/app/results/inference.ts';
import { exactMoney } from '../format/money.ts';
import { formatUnitMoney } from '../format/unit-money.ts';
import { Link } from '../frame/link.tsx';
import type { Grouping } from './units-state.ts';

type LosingProps = Readonly<{
  report: InferenceReport;
  addressOf: (endpoint: string) => string;
}>;

/** What costs more than it earns, loudly: more traffic loses more. */
export function Losing({ report, addressOf }: LosingProps) {
  const losing = report.rows.filter(({ isLosingMoney }) => isLosingMoney);
  if (losing.length === 0) return null;
  const by = report.by as readonly Grouping[];
  return (
    <aside className="losing" aria-label="Loses money">
      <p>
        <strong>Loses money: each request costs more than it earns.</strong> More traffic loses more.
      </p>
      <ul>
        {losing.map((row) => {
          const name = by.map((dimension) => String(row[dimension])).join(' ');
          return (
            <li key={name}>
              {row['endpoint'] === undefined ? (
                name
              ) : (
                <Link href={addressOf(String(row['endpoint']))}>{name}</Link>
              )}
              {': '}
              <strong title={exactMoney(row.marginPer1k, report.currency)}>
                {formatUnitMoney(row.marginPer1k, report.currency)}
              </strong>{' '}
              for each 1,000: earns {formatUnitMoney(row.revenuePer1k, report.currency)}, costs{' '}
              {formatUnitMoney(row.costPer1kRequests, report.currency)}
            </li>
          );
        })}
      </ul>
    </aside>
  );
}
