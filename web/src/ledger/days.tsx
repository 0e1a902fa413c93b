import { Button, SegmentedControl } from '@mantine/core';
import { lazy, useEffect, useState } from 'react';
import { BucketName } from '../buckets/bucket-name.tsx';
import { BUCKETS } from '../buckets/buckets.ts';
import { formatWindow } from '../format/dates.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { KeyedChart } from '../frame/keyed-chart.tsx';
import { Panel } from '../frame/panel.tsx';
import { useScheme } from '../frame/use-scheme.ts';
import type { Measure } from '../state/url-state.ts';
import { DaysTable } from './days-table.tsx';
import type { DaysView } from './days-view.ts';
import { viewDays } from './days-view.ts';
import { unpricedShare } from './figures.ts';
import { ledgerCsv } from './ledger-csv.ts';
import type { LedgerWindow } from './ledger-window.ts';

// The chart library is larger than the rest of the page, which is useful before it arrives.
const DayChart = lazy(() => import('./day-chart.tsx'));

export type DaysLook = 'chart' | 'table';

type DaysProps = Readonly<{
  ledger: LedgerWindow;
  measure: Measure;
  onMeasure: (measure: Measure) => void;
  look: DaysLook;
  onLook: (look: DaysLook) => void;
}>;

export function Days({ ledger, measure, onMeasure, look, onLook }: DaysProps) {
  const view = viewDays(ledger, measure);
  const isUnpriced = measure === 'cost' && unpricedShare(ledger.total) === 'all';
  const window = `${ledger.from.slice(0, 10)}-${ledger.to.slice(0, 10)}`;
  return (
    <Panel
      id="days"
      title="By day and bucket"
      note={
        measure === 'cost'
          ? `GPU cost per day, ${ledger.currency}; lighter: most of it estimated (~)`
          : 'GPU-hours per day'
      }
      controls={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Measure"
            value={measure}
            onChange={(value) => onMeasure(value === 'gpu-hours' ? 'gpu-hours' : 'cost')}
            data={[
              { value: 'cost', label: 'Cost' },
              { value: 'gpu-hours', label: 'GPU-hours' },
            ]}
          />
          <SegmentedControl
            size="xs"
            aria-label="Shown as"
            value={look}
            onChange={(value) => onLook(value === 'table' ? 'table' : 'chart')}
            data={[
              { value: 'chart', label: 'Chart' },
              { value: 'table', label: 'Table' },
            ]}
          />
          <CsvButton
            what="Days"
            fileName={`tare-days-${window}.csv`}
            csv={() => ledgerCsv('day', (row) => row.day, ledger.days, ledger.currency)}
          />
        </>
      }
    >
      {isUnpriced ? (
        <NoPrices onHours={() => onMeasure('gpu-hours')} />
      ) : look === 'table' ? (
        <DaysTable view={view} measure={measure} currency={ledger.currency} />
      ) : (
        <DaysChart view={view} measure={measure} ledger={ledger} />
      )}
      {!isUnpriced && (
        <p className="note" id="days-summary">
          {view.summary}
        </p>
      )}
    </Panel>
  );
}

function NoPrices({ onHours }: Readonly<{ onHours: () => void }>) {
  return (
    <div className="hint">
      <p>
        <strong>Unpriced.</strong> No price is known for this GPU time, so that there is no cost to draw. Data
        health below says what to do.
      </p>
      <Button size="xs" variant="default" onClick={onHours}>
        Show GPU-hours
      </Button>
    </div>
  );
}

type DaysChartProps = Readonly<{ view: DaysView; measure: Measure; ledger: LedgerWindow }>;

function DaysChart({ view, measure, ledger }: DaysChartProps) {
  const scheme = useScheme();
  const [selected, setSelected] = useState<number | null>(null);
  // A day picked in one window means nothing in the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the window is what resets it
  useEffect(() => setSelected(null), [ledger.from, ledger.to]);

  return (
    <div className="days">
      <KeyedChart
        className="days-chart"
        label="Stacked bars by day. Left and right arrow keys move between days."
        describedBy="days-summary"
        pointCount={view.bars.length}
        selected={selected}
        onSelect={setSelected}
        textOf={(index) => dayText(view, index, measure)}
      >
        <DayChart
          view={view}
          measure={measure}
          currency={ledger.currency}
          scheme={scheme}
          selected={selected}
          onPoint={setSelected}
        />
      </KeyedChart>
      <Readout
        view={view}
        selected={selected}
        measure={measure}
        window={formatWindow(ledger.from, ledger.to)}
      />
    </div>
  );
}

type ReadoutProps = Readonly<{ view: DaysView; selected: number | null; measure: Measure; window: string }>;

/** Legend and reading in one: the whole window, or the day that is pointed at. */
function Readout({ view, selected, measure, window }: ReadoutProps) {
  const bar = selected === null ? undefined : view.bars[selected];
  const figures = bar ?? view.total;
  const unit = measure === 'cost' ? '' : '\u00a0GPU-h';
  return (
    <dl className="readout" aria-label="Figures by bucket">
      <div className="readout-head">
        <dt>{bar?.name ?? window}</dt>
        <dd>
          <Figure text={`${figures.gross}${unit}`} isEstimate={figures.isEstimated && measure === 'cost'} />
        </dd>
      </div>
      {[...BUCKETS].reverse().map((bucket) => (
        <div key={bucket}>
          <dt>
            <BucketName bucket={bucket} />
          </dt>
          <dd>{figures.texts[bucket]}</dd>
        </div>
      ))}
      {figures.beside && (
        <div className="readout-beside">
          <dt>direct + shared</dt>
          <dd>
            {figures.beside.direct} + {figures.beside.shared}
          </dd>
        </div>
      )}
    </dl>
  );
}

function dayText(view: DaysView, index: number, measure: Measure): string {
  const bar = view.bars[index];
  if (!bar) return '';
  const unit = measure === 'cost' ? '' : ' GPU-hours';
  const parts = BUCKETS.map((bucket) => `${bucket} ${bar.texts[bucket]}`).join(', ');
  return `${bar.name}: ${bar.gross}${unit}${bar.isEstimated ? ', estimate' : ''}. ${parts}.`;
}
