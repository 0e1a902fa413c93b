import { SegmentedControl } from '@mantine/core';

export type ChartLook = 'chart' | 'table';

/** Every chart has the table of what it draws. */
export function LookSwitch({
  what,
  look,
  onLook,
}: Readonly<{ what: string; look: ChartLook; onLook: (look: ChartLook) => void }>) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={`${what} shown as`}
      value={look}
      onChange={(value) => onLook(value === 'table' ? 'table' : 'chart')}
      data={[
        { value: 'chart', label: 'Chart' },
        { value: 'table', label: 'Table' },
      ]}
    />
  );
}
