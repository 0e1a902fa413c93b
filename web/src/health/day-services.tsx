import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { HealthReport } from '../../../src/app/results/health.ts';
import type { ChargeReport } from '../../../src/app/results/results.ts';
import { fetchDayCharges, fetchHealth } from '../api/fetch-health.ts';
import { toCsv } from '../format/csv.ts';
import { formatWeekday, shiftDay } from '../format/dates.ts';
import { formatCount } from '../format/quantity.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { Difference } from './bill-days.tsx';
import type { HealthState } from './health-state.ts';
import { chargesOf, SHARED_CHARGES, serviceKey, USE_NAMES } from './health-views.ts';
import { Money } from './money.tsx';

type DayServicesProps = Readonly<{ day: string; state: HealthState; change: ChangeState<HealthState> }>;

/** One day by service, and the charges behind one of them. */
export function DayServices({ day, state, change }: DayServicesProps) {
  const query = useQuery({
    queryKey: ['health', day, shiftDay(day, 1)],
    queryFn: ({ signal }) => fetchHealth({ from: day, to: shiftDay(day, 1) }, signal),
  });
  const report = query.data ?? null;
  return (
    <Panel
      id="day"
      title={`${formatWeekday(day)}, by service`}
      note="what was billed for the day against what the ledger holds for it; a service leads to its charges"
      controls={
        <>
          {report && (
            <CsvButton
              what="Services of the day"
              fileName={`tare-services-${day}.csv`}
              csv={() => servicesCsv(report)}
            />
          )}
          <Button size="xs" variant="default" onClick={() => change({ day: null, service: null })}>
            Close
          </Button>
        </>
      }
    >
      {query.isPending && <p className="quiet">Loading the day…</p>}
      {query.isError && <PanelFailure query={query} />}
      {report && report.services.length === 0 && <p>No charge and no billed GPU time on this day.</p>}
      {report && report.services.length > 0 && (
        <ServiceTable report={report} chosen={state.service} onChoose={(service) => change({ service })} />
      )}
      {state.service && <Charges day={day} service={state.service} />}
    </Panel>
  );
}

type ServiceTableProps = Readonly<{
  report: HealthReport;
  chosen: string | null;
  onChoose: (service: string | null) => void;
}>;

function ServiceTable({ report, chosen, onChoose }: ServiceTableProps) {
  return (
    <Scroller label="Services of the day">
      <table className="grid services">
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">For</th>
            {['Bill', 'Ledger', 'Difference'].map((title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.services.map((line) => {
            const key = serviceKey(line);
            return (
              <tr key={key} data-chosen={key === chosen || undefined} data-service={key}>
                <th scope="row">
                  <button
                    type="button"
                    className="sort"
                    aria-pressed={key === chosen}
                    onClick={() => onChoose(key === chosen ? null : key)}
                  >
                    {line.service ?? SHARED_CHARGES}
                  </button>
                </th>
                <td>{USE_NAMES[line.use]}</td>
                <td className="number">
                  <Money amount={line.bill} currency={report.currency} />
                </td>
                <td className="number">
                  <Money amount={line.ledger} currency={report.currency} />
                </td>
                <td className="number">
                  <Difference amount={line.difference} currency={report.currency} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroller>
  );
}

function Charges({ day, service }: Readonly<{ day: string; service: string }>) {
  const query = useQuery({
    queryKey: ['day-charges', day],
    queryFn: ({ signal }) => fetchDayCharges(day, signal),
    placeholderData: keepPreviousData,
  });
  if (query.isPending) return <p className="quiet">Loading charges…</p>;
  if (query.isError) return <PanelFailure query={query} />;
  const rows = chargesOf(query.data, service);
  return (
    <div className="health-list">
      <h3>Charges whose period begins on this day</h3>
      {rows.length === 0 ? (
        <p className="quiet">
          None: what was billed for this day belongs to charges that begin on another one, such as those of a
          month.
        </p>
      ) : (
        <ChargeTable rows={rows} currency={query.data.currency} />
      )}
    </div>
  );
}

function ChargeTable({ rows, currency }: Readonly<{ rows: ChargeReport['rows']; currency: string }>) {
  return (
    <Scroller label="Charges of the service">
      <table className="grid charges">
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col">Service</th>
            <th scope="col">Category</th>
            {['Lines', 'Billed', 'Effective', 'The ledger counts'].map((title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row['service']}/${row['sku']}/${row['category']}/${row['use']}`}>
              <th scope="row">{String(row['sku'])}</th>
              <td>{String(row['service'])}</td>
              <td>{String(row['category'])}</td>
              <td className="number">{formatCount(row.rows)}</td>
              {([row.billedCost, row.effectiveCost, row.cost] as const).map((amount, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: three columns, always the same
                <td key={index} className="number">
                  <Money amount={amount} currency={currency} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function servicesCsv({ services, currency }: HealthReport): string {
  return toCsv(
    ['service', 'use', 'bill', 'ledger', 'difference', 'currency'],
    services.map(({ service, use, bill, ledger, difference }) => [
      service,
      use,
      bill,
      ledger,
      difference,
      currency,
    ]),
  );
}
