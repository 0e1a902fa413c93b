import { useState } from 'react';
import type { HealthReport } from '../../../src/app/results/health.ts';
import { toCsv } from '../format/csv.ts';
import { formatShortDay, formatWeekday } from '../format/dates.ts';
import { UNKNOWN } from '../format/money.ts';
import { formatPercent } from '../format/quantity.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { KeyedChart } from '../frame/keyed-chart.tsx';
import type { ChartLook } from '../frame/look-switch.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { HealthState } from './health-state.ts';
import { calendarSummary, cellText, dayText, exactShare, stepOf } from './health-views.ts';

type CalendarProps = Readonly<{ report: HealthReport; change: ChangeState<HealthState> }>;

/** Days by source: where the holes are. */
export function Calendar({ report, change }: CalendarProps) {
  const [look, setLook] = useState<ChartLook>('chart');
  const { calendar } = report;
  if (calendar.days.length === 0) return null;
  return (
    <Panel
      id="calendar"
      title="Calendar of coverage"
      note="the darker, the more of the day is covered; an outline is none of it"
      controls={
        <>
          <LookSwitch what="Calendar" look={look} onLook={setLook} />
          <CsvButton
            what="Calendar"
            fileName={`tare-coverage-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`}
            csv={() => calendarCsv(calendar)}
          />
        </>
      }
    >
      {look === 'table' ? (
        <CalendarTable calendar={calendar} onDay={(day) => change({ day, service: null })} />
      ) : (
        <CalendarPicture calendar={calendar} onDay={(day) => change({ day, service: null })} />
      )}
      <p className="note" id="calendar-summary">
        {calendarSummary(calendar)}
      </p>
    </Panel>
  );
}

type PartProps = Readonly<{ calendar: HealthReport['calendar']; onDay: (day: string) => void }>;

/** Above more days than these not every one has a label. */
const MOST_LABELS = 8;

function CalendarPicture({ calendar, onDay }: PartProps) {
  const [selected, setSelected] = useState<number | null>(null);
  const { days, rows } = calendar;
  const step = Math.ceil(days.length / MOST_LABELS);
  return (
    <Scroller label="Calendar of coverage, a day beside the other">
      <KeyedChart
        className="calendar"
        label="Days by source. Left and right arrow keys move between days."
        describedBy="calendar-summary"
        pointCount={days.length}
        selected={selected}
        onSelect={setSelected}
        textOf={(index) => dayText(calendar, index)}
      >
        <div
          className="calendar-grid"
          style={{ gridTemplateColumns: `max-content repeat(${days.length}, minmax(11px, 1fr))` }}
          aria-hidden="true"
        >
          <span />
          {days.map((day, index) => (
            <span key={day} className="calendar-day">
              {index % step === 0 ? formatShortDay(day) : ''}
            </span>
          ))}
          {rows.map((row) => [
            <span key={row.name} className="calendar-name">
              {row.name}
            </span>,
            ...row.fractions.map((fraction, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the day is chosen by keyboard in the table and with [ and ]
              // biome-ignore lint/a11y/noStaticElementInteractions: a picture; the table has buttons
              <span
                key={days[index]}
                className="calendar-cell"
                data-step={stepOf(fraction)}
                data-selected={index === selected || undefined}
                title={`${formatWeekday(days[index]!)}, ${cellText(row, fraction)}`}
                onPointerEnter={() => setSelected(index)}
                onClick={() => onDay(days[index]!)}
              />
            )),
          ])}
        </div>
      </KeyedChart>
      <p className="calendar-reading">
        {selected === null ? 'Point at a day, or move with the arrow keys.' : dayText(calendar, selected)}
      </p>
    </Scroller>
  );
}

function CalendarTable({ calendar, onDay }: PartProps) {
  const { days, rows } = calendar;
  return (
    <Scroller label="Coverage by day" className="scroller days-table">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {rows.map(({ name }) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day, index) => (
            <tr key={day}>
              <th scope="row">
                <button type="button" className="sort" onClick={() => onDay(day)}>
                  {formatWeekday(day)}
                </button>
              </th>
              {rows.map((row) => {
                const fraction = row.fractions[index] ?? null;
                return (
                  <td key={row.name} className="number" title={exactShare(fraction)}>
                    {fraction === null ? UNKNOWN : formatPercent(fraction)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function calendarCsv({ days, rows }: HealthReport['calendar']): string {
  return toCsv(
    ['day', ...rows.map(({ name }) => name)],
    days.map((day, index) => [day, ...rows.map(({ fractions }) => fractions[index] ?? null)]),
  );
}
