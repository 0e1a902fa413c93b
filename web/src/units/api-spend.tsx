import type { ApiSpendFigures } from '../../../src/app/results/inference.ts';
import { toCsv } from '../format/csv.ts';
import { threeDigits } from '../format/latency.ts';
import { exactMoney } from '../format/money.ts';
import { countOf, formatPercent } from '../format/quantity.ts';
import { formatUnitMoney } from '../format/unit-money.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';

const CHEAPER = { self_hosted: 'own servers', api: 'the API', same: 'both the same' } as const;

type ApiSpendProps = Readonly<{ spend: readonly ApiSpendFigures[]; currency: string }>;

/** The other way round: which paid calls servers of one's own could answer, and for how much an hour. */
export function ApiSpend({ spend, currency }: ApiSpendProps) {
  const told = spend.filter(({ costPerHour }) => costPerHour !== null);
  if (told.length === 0) return null;
  return (
    <Panel
      id="api-spend"
      title="Calls that could be answered at home"
      note="If a model of one's own answers as well, which nobody says here: enough replicas for the busiest hour, by throughput that was measured on an endpoint"
      controls={
        <CsvButton what="API spend" fileName="tare-api-spend.csv" csv={() => spendCsv(told, currency)} />
      }
    >
      <Scroller label="Paid calls and servers in their place">
        <table className="grid parts tall-heads">
          <thead>
            <tr>
              <th scope="col">Instead of</th>
              <th scope="col">Servers</th>
              {['An hour', 'In use'].map((title) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ))}
              <th scope="col">Cheaper</th>
            </tr>
          </thead>
          {told.map((one) => (
            <Spend key={`${one.endpoint}/${one.model}/${one.team}`} one={one} currency={currency} />
          ))}
        </table>
      </Scroller>
    </Panel>
  );
}

/** The cheapest few; all of them are in the CSV. */
const MOST_OPTIONS = 3;

function Spend({ one, currency }: Readonly<{ one: ApiSpendFigures; currency: string }>) {
  return (
    <tbody>
      <tr data-whole>
        <th scope="row">
          {one.model}
          <span className="row-note">
            {one.endpoint}, {one.team}
          </span>
        </th>
        <td>{countOf(one.requests, 'call')}</td>
        <td className="number" title={exactMoney(one.costPerHour, currency)}>
          {formatUnitMoney(one.costPerHour, currency)}
        </td>
        <td />
        <td />
      </tr>
      {one.options.slice(0, MOST_OPTIONS).map((option) => (
        <tr key={`${option.like}/${option.gpuModel}`}>
          <th scope="row">as {option.like} does it</th>
          <td>
            {option.replicas} × {threeDigits(option.gpusPerReplica)} {option.gpuModel}, {option.basis}
          </td>
          <td className="number" title={exactMoney(option.costPerHour, currency)}>
            {option.costPerHour === null ? (
              <span className="unpriced">? unpriced</span>
            ) : (
              formatUnitMoney(option.costPerHour, currency)
            )}
          </td>
          <td className="number">{formatPercent(option.utilisation)}</td>
          <td>{option.cheaper === null ? '–' : CHEAPER[option.cheaper]}</td>
        </tr>
      ))}
      {one.options.length === 0 && (
        <tr>
          <td colSpan={5} className="quiet">
            No endpoint of one's own has shown a throughput that could be taken for it.
          </td>
        </tr>
      )}
    </tbody>
  );
}

function spendCsv(spend: readonly ApiSpendFigures[], currency: string): string {
  return toCsv(
    [
      'endpoint',
      'model',
      'team',
      'requests',
      'costPerHour',
      'like',
      'basis',
      'gpuModel',
      'gpusPerReplica',
      'replicas',
      'ownCostPerHour',
      'utilisation',
      'cheaper',
      'currency',
    ],
    spend.flatMap((one) =>
      one.options.map((option) => [
        one.endpoint,
        one.model,
        one.team,
        one.requests,
        one.costPerHour,
        option.like,
        option.basis,
        option.gpuModel,
        option.gpusPerReplica,
        option.replicas,
        option.costPerHour,
        option.utilisation,
        option.cheaper,
        currency,
      ]),
    ),
  );
}
