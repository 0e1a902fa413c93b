import { useQueries } from '@tanstack/react-query';
import type { LedgerReport } from '../../../src/app/results/results.ts';
import { fetchExplanation } from '../api/fetch-ledger.ts';
import { problemFrom } from '../api/problem.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';

/** Values that say that nobody held the time. */
const HOLDERLESS: readonly string[] = ['nobody', 'none', ''];

type RowReceiptProps = Readonly<{
  row: Readonly<{ hour: string; device: string; workload: string }>;
  report: LedgerReport;
}>;

/** One hour of one device: the samples, the rule and the price behind each of its buckets. */
export function RowReceipt({ row, report }: RowReceiptProps) {
  const workload = HOLDERLESS.includes(row.workload) ? '' : row.workload;
  const names = BUCKETS.filter((bucket) => report.total.gpuHours[bucket] > 0).map(
    (bucket) => `${row.hour}/${row.device}/${workload}/${bucket}`,
  );
  const answers = useQueries({
    queries: names.map((name) => ({
      queryKey: ['explain', name],
      queryFn: ({ signal }: Readonly<{ signal: AbortSignal }>) => fetchExplanation(name, signal),
    })),
  });
  return (
    <Panel
      id="row-receipt"
      title="Where these figures come from"
      note="one hour of one device, as `tare explain` says it"
    >
      {answers.map(({ data, error, isPending }, index) => (
        <section key={names[index]} className="row-receipt" aria-label={names[index]}>
          {isPending && <p className="quiet">Loading…</p>}
          {error && <p className="field-error">{problemFrom(error).detail ?? problemFrom(error).title}</p>}
          {data && (
            <>
              <h3>{data.title}</h3>
              <Scroller label={`Receipt of ${data.row}`}>
                <table className="grid">
                  <tbody>
                    {data.lines.map(({ figure, what, source }) => (
                      <tr key={`${figure} ${what}`}>
                        <td className="number">{figure}</td>
                        <td>{what}</td>
                        <td className="quiet">{source}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroller>
            </>
          )}
        </section>
      ))}
    </Panel>
  );
}
