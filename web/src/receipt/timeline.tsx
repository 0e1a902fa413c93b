import { SegmentedControl } from '@mantine/core';
import { lazy, useMemo, useState } from 'react';
import type { RunReceipt } from '../../../src/app/results/runs.ts';
import { toCsv } from '../format/csv.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { KeyedChart } from '../frame/keyed-chart.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { useScheme } from '../frame/use-scheme.ts';
import type { HourView, TimelineView } from './timeline-view.ts';
import { viewTimeline } from './timeline-view.ts';

// The chart library is larger than the rest of the page, which is useful before it arrives.
const TimelineChart = lazy(() => import('./timeline-chart.tsx'));

/** What the devices of the run did, drew and cost, hour by hour, and in which attempt. */
export function Timeline({ receipt }: Readonly<{ receipt: RunReceipt }>) {
  const view = useMemo(() => viewTimeline(receipt), [receipt]);
  const [look, setLook] = useState<'chart' | 'table'>('chart');
  if (view.hours.length === 0) return null;
  return (
    <Panel
      id="timeline"
      title="Hour by hour"
      note="Activity: share of the time in which a kernel ran. Cost with its part of shared costs, without direct charges."
      controls={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Shown as"
            value={look}
            onChange={(value) => setLook(value === 'table' ? 'table' : 'chart')}
            data={[
              { value: 'chart', label: 'Chart' },
              { value: 'table', label: 'Table' },
            ]}
          />
          <CsvButton what="Hours" fileName="tare-run-hours.csv" csv={() => hoursCsv(receipt)} />
        </>
      }
    >
      {look === 'table' ? (
        <HoursTable view={view} currency={receipt.currency} />
      ) : (
        <HoursChart view={view} currency={receipt.currency} />
      )}
      <p className="note" id="timeline-summary">
        {view.summary}
      </p>
    </Panel>
  );
}

type ViewProps = Readonly<{ view: TimelineView; currency: string }>;

function HoursChart({ view, currency }: ViewProps) {
  const scheme = useScheme();
  const [selected, setSelected] = useState<number | null>(null);
  const hour = selected === null ? undefined : view.hours[selected];
  return (
    <div className="hours">
      <KeyedChart
        className="hours-chart"
        label="Activity, power and cost by hour. Left and right arrow keys move between hours."
        describedBy="timeline-summary"
        pointCount={view.hours.length}
        selected={selected}
        onSelect={setSelected}
        textOf={(index) => hourText(view.hours[index]!)}
      >
        <TimelineChart
          view={view}
          currency={currency}
          scheme={scheme}
          selected={selected}
          onPoint={setSelected}
        />
      </KeyedChart>
      <p className="hours-readout">{hour ? hourText(hour) : 'Point at an hour, or use the arrow keys.'}</p>
    </div>
  );
}

function hourText({ name, attempts, texts }: HourView): string {
  if (attempts.length === 0) return `${name} UTC: no attempt was going on.`;
  return `${name} UTC, attempt ${texts.attempts}: activity ${texts.activity}, ${texts.power} kW, ${texts.gpuHours} GPU-hours, ${texts.cost}.`;
}

/** The figures behind the chart, for those who cannot see it or want to copy them. */
function HoursTable({ view, currency }: ViewProps) {
  return (
    <Scroller label={`Hours, ${currency}`} className="scroller days-table">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Hour, UTC</th>
            {['Attempt', 'Activity', 'Power, kW', 'GPU-hours', 'Cost'].map((title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.hours.map(({ hour, name, texts }) => (
            <tr key={hour}>
              <th scope="row">{name}</th>
              {[texts.attempts, texts.activity, texts.power, texts.gpuHours].map((text, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
                <td key={column} className="number">
                  {text}
                </td>
              ))}
              <td className="number" title={texts.exactCost}>
                {texts.cost}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function hoursCsv({ timeline, currency }: RunReceipt): string {
  return toCsv(
    ['hour', 'attempt', 'gpuHours', 'activity', 'powerWatts', 'cost', 'currency'],
    timeline.map(({ hour, attempt, gpuHours, activity, powerWatts, cost }) => [
      hour,
      attempt,
      gpuHours,
      activity,
      powerWatts,
      cost,
      currency,
    ]),
  );
}
