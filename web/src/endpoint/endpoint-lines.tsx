import type { EndpointReceipt } from '../../../src/app/results/units.ts';
import { toCsv } from '../format/csv.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { LineView, ReceiptView } from './receipt-view.ts';
import { viewReceipt } from './receipt-view.ts';

/** Hours × price, line by line, to the cost of the endpoint, and what that makes a thousand requests. */
export function EndpointLines({ receipt }: Readonly<{ receipt: EndpointReceipt }>) {
  const view = viewReceipt(receipt);
  return (
    <Panel
      id="receipt"
      title="Receipt"
      note={
        receipt.serving === 'api'
          ? `${receipt.currency}; an API is paid by the call`
          : `${receipt.currency}, allocated: hours of its devices × price of a GPU-hour, idle time included, and what stands beside them`
      }
      controls={
        <CsvButton what="Receipt" fileName="tare-endpoint-receipt.csv" csv={() => receiptCsv(receipt)} />
      }
    >
      <Scroller label="Lines of the receipt">
        <table className="grid parts tall-heads">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col" className="number">
                Quantity
              </th>
              <th scope="col" className="number">
                × price of a GPU-hour
              </th>
              <th scope="col">Price from</th>
              <th scope="col" className="number">
                = amount
              </th>
            </tr>
          </thead>
          <tbody>
            {view.lines.map((line) => (
              <Line key={`${line.what}/${line.source}/${line.exact}`} line={line} />
            ))}
          </tbody>
          <tfoot>
            <Line line={view.total} />
          </tfoot>
        </table>
      </Scroller>
      <Steps view={view} />
    </Panel>
  );
}

function Line({ line }: Readonly<{ line: LineView }>) {
  return (
    <tr>
      <th scope="row">{line.what}</th>
      <td className="number">{line.quantity}</td>
      <td className="number">{line.unitPrice}</td>
      <td className="receipt-source">{line.source}</td>
      <td className="number">
        {line.isGap ? (
          <span className="unpriced">{line.amount}</span>
        ) : (
          <Figure text={line.amount} exact={line.exact} />
        )}
      </td>
    </tr>
  );
}

function Steps({ view }: Readonly<{ view: ReceiptView }>) {
  if (view.steps.length === 0) return null;
  return (
    <Scroller label="What a unit costs" className="scroller unit-steps">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">A unit</th>
            <th scope="col">The total …</th>
            <th scope="col" className="number">
              = amount
            </th>
          </tr>
        </thead>
        <tbody>
          {view.steps.map(({ what, how, amount, exact }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td className="receipt-source">{how}</td>
              <td className="number">
                <Figure text={amount} exact={exact} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function receiptCsv({ devices, direct, shared, figures, currency }: EndpointReceipt): string {
  const beside = (what: string, amount: string | null) => [what, null, null, null, null, amount, currency];
  return toCsv(
    ['what', 'lifecycle', 'priceSource', 'gpuHours', 'perGpuHour', 'amount', 'currency'],
    [
      ...devices.map((line) => [
        line.gpuModel,
        line.lifecycle,
        line.priceSource,
        line.gpuHours,
        line.perGpuHour,
        line.amount,
        currency,
      ]),
      beside('direct', direct),
      beside('shared', shared),
      beside('total', figures.cost),
      beside('per1kRequests', figures.costPer1kRequests),
      beside('per1mInputTokens', figures.costPer1mInputTokens),
      beside('per1mOutputTokens', figures.costPer1mOutputTokens),
    ],
  );
}
