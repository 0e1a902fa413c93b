import { Button } from '@mantine/core';
import { useState } from 'react';
import type { HealthReport, ImportRecord } from '../../../src/app/results/health.ts';
import { toCsv } from '../format/csv.ts';
import { formatMinute } from '../format/dates.ts';
import { countOf, formatCount } from '../format/quantity.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';

const SHOWN = 12;

/** What was imported when, newest first. The same file again replaces what it brought. */
export function Imports({ report }: Readonly<{ report: HealthReport }>) {
  const [isWhole, setWhole] = useState(false);
  const { imports, importsNotListed } = report;
  const rows = isWhole ? imports : imports.slice(0, SHOWN);
  return (
    <Panel
      id="imports"
      title="Imports"
      note="UTC, newest first; the same file imported again replaces what it brought before"
      controls={<CsvButton what="Imports" fileName="tare-imports.csv" csv={() => importsCsv(imports)} />}
    >
      <Scroller label="Table of imports">
        <table className="grid imports">
          <thead>
            <tr>
              <th scope="col">Dataset</th>
              <th scope="col">Imported</th>
              {['Rows', 'Rejected', 'Facts', 'Warnings'].map((title) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ))}
              <th scope="col">From</th>
              <th scope="col">To</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.dataset}>
                <th scope="row">
                  {one.dataset}
                  <span className="row-note">{one.kind}</span>
                </th>
                <td>{formatMinute(one.importedAt)}</td>
                <td className="number">{formatCount(one.rowsRead)}</td>
                <td className="number">{formatCount(one.rowsRejected)}</td>
                <td className="number">{formatCount(one.facts)}</td>
                <td className="number">{formatCount(one.warnings)}</td>
                <td>{formatMinute(one.from)}</td>
                <td>{formatMinute(one.to)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {imports.length > SHOWN && (
        <Button size="xs" variant="default" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${countOf(imports.length, 'import')}`}
        </Button>
      )}
      {importsNotListed > 0 && (
        <p className="note">{countOf(importsNotListed, 'older import')} not listed.</p>
      )}
    </Panel>
  );
}

function importsCsv(imports: readonly ImportRecord[]): string {
  const columns = [
    'importedAt',
    'kind',
    'dataset',
    'rowsRead',
    'rowsRejected',
    'facts',
    'warnings',
    'from',
    'to',
  ] as const;
  return toCsv(
    columns,
    imports.map((one) => columns.map((column) => one[column])),
  );
}
