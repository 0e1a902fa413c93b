import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Simulation, SimulationTable, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { formatInstant } from '../format/dates.ts';
import { Bars } from '../frame/bars.tsx';
import { Command } from '../frame/command.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { capital, viewResultCharts } from './result-chart.ts';
import { givenTexts } from './simulation-texts.ts';

type ResultProps = Readonly<{
  simulation: Simulation;
  form: SimulatorForm | undefined;
  /** Which of two it is. */
  heading: string | null;
  isNarrow: boolean;
}>;

/** What the command prints: its tables, one of them drawn, what was left out, and the command itself. */
export function Result({ simulation, form, heading, isNarrow }: ResultProps) {
  const { id, result, simulator, command, endedAt } = simulation;
  const charts = useMemo(() => viewResultCharts(simulator, result!), [simulator, result]);
  const [chosen, setChosen] = useState(0);
  const view = charts[chosen];
  return (
    <div className={isNarrow ? 'stack result is-narrow' : 'stack result'}>
      <Panel
        id={`result-${id}`}
        title={heading ?? 'Result'}
        note={`${form?.title ?? simulator}, ${endedAt === null ? '' : formatInstant(endedAt)}. Money is an estimate.`}
        controls={
          <>
            {charts.length > 1 && (
              <NativeSelect
                size="xs"
                aria-label="Drawn"
                value={String(chosen)}
                onChange={(event) => setChosen(Number(event.currentTarget.value))}
                data={charts.map(({ unit }, index) => ({ value: String(index), label: capital(unit) }))}
              />
            )}
            <CsvButton what="Result" fileName={`tare-${id}.csv`} csv={() => result!.csv} />
          </>
        }
      >
        {view && <Bars id={`chart-${id}`} view={view} look="chart" />}
        {result!.tables.map((table, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the tables of a result never change places
          <ResultTable key={index} table={table} name={`Table ${index + 1} of ${heading ?? 'the result'}`} />
        ))}
        {result!.rejects.length > 0 && (
          <div className="run-notes">
            <strong>Left out of the traces:</strong>
            <ul>
              {result!.rejects.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </div>
        )}
      </Panel>
      <Panel
        id={`given-${id}`}
        title={heading === null ? 'What was asked' : `What was asked, ${heading.toLowerCase()}`}
        note="The same in a terminal, with the same answer:"
      >
        <Command text={command} />
        <dl className="facts given">
          {givenTexts(simulation, form).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="wrap">{value}</dd>
            </div>
          ))}
        </dl>
      </Panel>
    </div>
  );
}

function ResultTable({ table, name }: Readonly<{ table: SimulationTable; name: string }>) {
  const { title, headline, columns, rows, total, footnotes } = table;
  return (
    <div className="result-table">
      {(title ?? headline) && <h3>{capital(title ?? headline!)}</h3>}
      {rows.length > 0 && (
        <Scroller label={name} className="scroller days-table">
          <table className="grid">
            <thead>
              <tr>
                {columns.map(({ name: column, title: columnTitle, isNumber }, index) => (
                  <th key={column} scope="col" className={isNumber && index > 0 ? 'number' : undefined}>
                    {columnTitle ? capital(columnTitle) : <span className="visually-hidden">Remark</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells, row) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a result never change places
                <Cells key={row} cells={cells} columns={columns} />
              ))}
            </tbody>
            {total && (
              <tfoot>
                <Cells cells={total} columns={columns} />
              </tfoot>
            )}
          </table>
        </Scroller>
      )}
      {footnotes.map((note) => (
        <p key={note} className="note">
          {note}
        </p>
      ))}
    </div>
  );
}

type CellsProps = Readonly<{ cells: readonly string[]; columns: SimulationTable['columns'] }>;

function Cells({ cells, columns }: CellsProps) {
  const [first, ...others] = cells;
  return (
    <tr>
      <th scope="row">{first}</th>
      {others.map((text, index) => {
        const column = columns[index + 1]!;
        return (
          <td key={column.name} className={column.isNumber ? 'number' : undefined}>
            {text}
          </td>
        );
      })}
    </tr>
  );
}
