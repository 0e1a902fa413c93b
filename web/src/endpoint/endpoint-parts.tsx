import type { EndpointReceipt } from '../../../src/app/results/units.ts';
import { toCsv } from '../format/csv.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { unitCell } from '../units/unit-cells.ts';
import { GROUPING_NAMES, groupWords } from '../units/unit-choices.ts';
import type { ColumnName } from '../units/units-columns.ts';
import { COLUMNS } from '../units/units-columns.ts';
import type { Grouping } from '../units/units-state.ts';
import { Cell } from '../units/units-table.tsx';

const SHOWN: readonly ColumnName[] = [
  'requests',
  'cost',
  'costPer1kRequests',
  'p95',
  'quality',
  'cachedFraction',
];

/** The endpoint by model, prompt version, step, team and environment, where it serves more than one. */
export function EndpointParts({ receipt }: Readonly<{ receipt: EndpointReceipt }>) {
  const { parts, currency } = receipt;
  if (parts.length === 0) return null;
  return (
    <Panel
      id="parts"
      title="Who and what was served"
      note="Its cost is shared by what each took of its time; what carries no label stays (none)"
      controls={<CsvButton what="Parts" fileName="tare-endpoint-parts.csv" csv={() => partsCsv(receipt)} />}
    >
      <Scroller label="Parts of the endpoint">
        <table className="grid parts tall-heads">
          <thead>
            <tr>
              <td />
              {SHOWN.map((name) => (
                <th key={name} scope="col" className="number">
                  {COLUMNS[name].title}
                </th>
              ))}
            </tr>
          </thead>
          {parts.map(({ by, rows }) => (
            <tbody key={by}>
              <tr className="part-head">
                <th scope="rowgroup" colSpan={SHOWN.length + 1}>
                  By {GROUPING_NAMES[by as Grouping] ?? by}
                </th>
              </tr>
              {rows.map((row) => (
                <tr key={row.value}>
                  <th scope="row">{groupWords(by as Grouping, row.value)}</th>
                  {SHOWN.map((name) => (
                    <Cell key={name} view={unitCell(row, name, currency)} column={name} />
                  ))}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </Scroller>
    </Panel>
  );
}

function partsCsv({ parts, currency }: EndpointReceipt): string {
  return toCsv(
    ['by', 'value', 'requests', 'cost', 'costPer1kRequests', 'p95Ms', 'currency'],
    parts.flatMap(({ by, rows }) =>
      rows.map((row) => [
        by,
        row.value,
        row.requests,
        row.cost,
        row.costPer1kRequests,
        row.latencyMs.p95,
        currency,
      ]),
    ),
  );
}
