import type { RunReceipt } from '../../../src/app/results/runs.ts';
import { toCsv } from '../format/csv.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { AttemptView, LineView } from './receipt-view.ts';
import { viewReceipt } from './receipt-view.ts';

/** Quantity × price × share, line by line, to the amount of the run in the table. */
export function ReceiptLines({ receipt }: Readonly<{ receipt: RunReceipt }>) {
  const view = viewReceipt(receipt);
  return (
    <Panel
      id="receipt"
      title="Receipt"
      note={`${receipt.currency}; hours of the device × price of a GPU-hour × the run's share of it; ~ rests on an estimate until the bill arrives`}
      controls={<CsvButton what="Receipt" fileName="tare-receipt.csv" csv={() => receiptCsv(receipt)} />}
    >
      <Scroller label="Lines of the receipt">
        <table className="grid parts tall-heads">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col" className="number">
                Device-hours
              </th>
              <th scope="col" className="number">
                × price of a GPU-hour
              </th>
              <th scope="col" className="number">
                × share
              </th>
              <th scope="col">Price from</th>
              <th scope="col" className="number">
                = amount
              </th>
            </tr>
          </thead>
          {view.attempts.map((attempt) => (
            <AttemptLines key={attempt.number} attempt={attempt} />
          ))}
          <tbody>
            <tr className="part-head">
              <th scope="rowgroup" colSpan={6}>
                Beside the GPU time
              </th>
            </tr>
            {view.beside.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two charges may say the same
              <Line key={index} line={line} />
            ))}
          </tbody>
          <tfoot>
            <Line line={view.total} />
          </tfoot>
        </table>
      </Scroller>
    </Panel>
  );
}

function AttemptLines({ attempt }: Readonly<{ attempt: AttemptView }>) {
  const { number, state, isLost, detail, times, wait, lost, lines } = attempt;
  return (
    <tbody>
      <tr className="part-head">
        <th scope="rowgroup" colSpan={6} title={`from ${attempt.source}`}>
          <div className="part-words">
            Attempt {number}: <span className={isLost ? 'bad' : undefined}>{state}</span>
            {detail && `, ${detail}`}
            <span className="row-note">{[times, wait].filter(Boolean).join('; ')}</span>
            {lost && <span className="row-note">{lost}</span>}
          </div>
        </th>
      </tr>
      {lines.map((line) => (
        <Line key={`${line.what}/${line.source}/${line.exact}`} line={line} />
      ))}
      {lines.length === 0 && (
        <tr>
          <td colSpan={6} className="quiet">
            Nothing of it is in the ledger.
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Line({ line }: Readonly<{ line: LineView }>) {
  return (
    <tr>
      <th scope="row">{line.what}</th>
      <td className="number">{line.quantity}</td>
      <td className="number">{line.unitPrice}</td>
      <td className="number">{line.share}</td>
      <td className="receipt-source">{line.source}</td>
      <td className="number">
        {line.isGap ? (
          <span className="unpriced">{line.amount}</span>
        ) : (
          <Figure text={line.amount} exact={line.exact} isEstimate={line.isEstimate} />
        )}
      </td>
    </tr>
  );
}

function receiptCsv({ lines, charges, run, currency }: RunReceipt): string {
  const beside = (what: string, source: string, amount: string | null) => [
    null,
    what,
    null,
    source,
    null,
    null,
    null,
    null,
    amount,
    currency,
  ];
  return toCsv(
    [
      'attempt',
      'what',
      'lifecycle',
      'priceSource',
      'priceReference',
      'deviceHours',
      'share',
      'unitPrice',
      'amount',
      'currency',
    ],
    [
      ...lines.map((line) => [
        line.attempt,
        line.gpuModel,
        line.lifecycle,
        line.priceSource,
        line.priceReference,
        line.deviceHours,
        line.share,
        line.unitPrice,
        line.amount,
        currency,
      ]),
      ...charges.map(({ description, source, amount }) => beside(description ?? 'charge', source, amount)),
      beside('shared', '', run.shared),
      beside('total', '', run.cost),
    ],
  );
}
