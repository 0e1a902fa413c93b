import type { KeyboardEvent, ReactNode } from 'react';
import { Suspense, useState } from 'react';
import { nextPoint } from './next-point.ts';

type KeyedChartProps = Readonly<{
  className: string;
  /** What it shows, and that arrow keys move in it. */
  label: string;
  /** Id of the text that sums it up. */
  describedBy: string;
  pointCount: number;
  selected: number | null;
  onSelect: (index: number | null) => void;
  /** What is said when a key leads to a point. */
  textOf: (index: number) => string;
  /** The picture itself, which may still be on its way. */
  children: ReactNode;
}>;

/** A chart whose points are reached by arrow keys as well as by pointing, and said aloud when they are. */
export function KeyedChart(props: KeyedChartProps) {
  const { className, label, describedBy, pointCount, selected, onSelect, textOf, children } = props;
  const [spoken, setSpoken] = useState('');
  const select = (index: number | null): void => {
    onSelect(index);
    setSpoken(index === null ? '' : textOf(index));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextPoint(event.key, selected, pointCount - 1);
    if (next === undefined) return;
    event.preventDefault();
    select(next);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset holds form controls, this holds a picture */}
      <div
        className={className}
        role="group"
        aria-roledescription="chart"
        aria-label={label}
        aria-describedby={describedBy}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move between its points
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => select(null)}
      >
        <Suspense fallback={<div className="ghost chart" />}>{children}</Suspense>
      </div>
      <p className="visually-hidden" role="status">
        {spoken}
      </p>
    </>
  );
}
