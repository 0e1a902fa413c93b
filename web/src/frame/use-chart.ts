import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { init } from 'echarts/core';
import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';

/**
 * Draws a chart into the element as SVG: its text is text, and it prints. The option has to stay the same object while nothing
 * changes. `onPoint` hears the place under the pointer, and `null` when it leaves.
 */
export function useChart(
  option: EChartsCoreOption,
  selected: number | null,
  onPoint: (index: number | null) => void,
): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const pointed = useRef(onPoint);
  pointed.current = onPoint;

  useEffect(() => {
    const made = init(place.current!, undefined, { renderer: 'svg' });
    chart.current = made;
    made.on('updateAxisPointer', (event) => pointed.current(pointedIndex(event)));
    made.getZr().on('globalout', () => pointed.current(null));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [option]);

  useEffect(() => {
    const tip =
      selected === null ? { type: 'hideTip' } : { type: 'showTip', seriesIndex: 0, dataIndex: selected };
    chart.current?.dispatchAction(tip);
  }, [selected]);
  return place;
}

/** The event of the axis pointer is untyped: `{ axesInfo: [{ value: index }] }`, and no `axesInfo` when it points nowhere. */
function pointedIndex(event: unknown): number | null {
  const { axesInfo } = event as { axesInfo?: readonly { value: number }[] };
  return axesInfo?.[0]?.value ?? null;
}
