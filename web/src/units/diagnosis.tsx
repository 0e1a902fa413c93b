import type { EndpointFigures, InferenceReport } from '../../../src/app/results/inference.ts';
import { toCsv } from '../format/csv.ts';
import { threeDigits } from '../format/latency.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { formatCount } from '../format/quantity.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { diagnosisLook, viewMatrix } from './diagnosis-view.ts';

type DiagnosisProps = Readonly<{ report: InferenceReport; addressOf: (endpoint: string) => string }>;

/** Whether each endpoint is the right size: what is allocated against what is used, and replicas against what the busiest moment needs. */
export function Diagnosis({ report, addressOf }: DiagnosisProps) {
  const { endpoints, currency } = report;
  if (endpoints.length === 0) return null;
  return (
    <Panel
      id="diagnosis"
      title="What to change"
      note="Over the whole window, whatever the table is grouped by. High is above what an API asks for the same requests, or, where nothing is compared, waiting for more than half of the cost."
      controls={<CsvButton what="Endpoints" fileName="tare-endpoints.csv" csv={() => endpointsCsv(report)} />}
    >
      <Matrix endpoints={endpoints} addressOf={addressOf} />
      <Scroller label="Endpoints and their size">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Endpoint</th>
              {['Cost', 'Requests/h', 'Busiest/h', 'Replicas', 'Needed'].map((title) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ))}
              <th scope="col">Diagnosis</th>
            </tr>
          </thead>
          <tbody>
            {endpoints.map((endpoint) => (
              <EndpointLine
                key={`${endpoint.endpoint}/${endpoint.serving}`}
                endpoint={endpoint}
                currency={currency}
                address={addressOf(endpoint.endpoint)}
              />
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}

function Matrix({
  endpoints,
  addressOf,
}: Readonly<{ endpoints: readonly EndpointFigures[]; addressOf: (endpoint: string) => string }>) {
  return (
    <ul className="matrix" aria-label="Allocated against used">
      {viewMatrix(endpoints).map(({ place, allocated, used, meaning, endpoints: own }) => (
        <li key={place} className="matrix-field" data-place={place}>
          <p className="matrix-head">
            <span>
              allocated <strong>{allocated}</strong>, used <strong>{used}</strong>
            </span>
            <span className="matrix-count">{own.length}</span>
          </p>
          <p className="note">{meaning}</p>
          <p className="matrix-names">
            {own.length === 0
              ? 'none'
              : own.map(({ endpoint }) => (
                  <Link key={endpoint} href={addressOf(endpoint)}>
                    {endpoint}
                  </Link>
                ))}
          </p>
        </li>
      ))}
    </ul>
  );
}

function EndpointLine({
  endpoint,
  currency,
  address,
}: Readonly<{ endpoint: EndpointFigures; currency: string; address: string }>) {
  const { cost, requestsPerHour, peakRequestsPerHour, replicas, replicasNeeded } = endpoint;
  const look = diagnosisLook(endpoint.diagnosis);
  const rate = (value: number | null) => (value === null ? UNKNOWN : threeDigits(value));
  return (
    <tr>
      <th scope="row">
        <Link href={address}>{endpoint.endpoint}</Link>
        {endpoint.serving === 'api' && <span className="row-note">API</span>}
      </th>
      <td className="number">
        {cost === null ? (
          <span className="unpriced">? unpriced</span>
        ) : (
          <Figure text={formatMoney(cost, currency, 2)} exact={exactMoney(cost, currency)} />
        )}
      </td>
      <td className="number">{rate(requestsPerHour)}</td>
      <td className="number">{rate(peakRequestsPerHour)}</td>
      <td className="number">{rate(replicas)}</td>
      <td className="number">{replicasNeeded === null ? UNKNOWN : formatCount(replicasNeeded)}</td>
      <td className="words-diagnosis">
        <span className={look.tone === 'plain' ? undefined : look.tone}>{look.text}</span>
        <span className="cell-note">{endpoint.meaning}</span>
      </td>
    </tr>
  );
}

function endpointsCsv({ endpoints, currency }: InferenceReport): string {
  return toCsv(
    [
      'endpoint',
      'serving',
      'cost',
      'currency',
      'requests',
      'requestsPerHour',
      'peakRequestsPerHour',
      'replicas',
      'replicasNeeded',
      'diagnosis',
      'meaning',
    ],
    endpoints.map((one) => [
      one.endpoint,
      one.serving,
      one.cost,
      currency,
      one.requests,
      one.requestsPerHour,
      one.peakRequestsPerHour,
      one.replicas,
      one.replicasNeeded,
      one.diagnosis,
      one.meaning,
    ]),
  );
}
