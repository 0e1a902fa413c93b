import { Button } from '@mantine/core';
import type { LedgerReport } from '../../../src/app/results/results.ts';
import { formatWindow } from '../format/dates.ts';
import { Command } from '../frame/command.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';

export function ExploreLoading() {
  return (
    <div className="loading">
      <h1 className="sentence">Loading the ledger…</h1>
      <GhostPanel title="Ledger" />
      <GhostPanel title="By day and bucket" />
    </div>
  );
}

type NothingProps = Readonly<{ report: LedgerReport; hasSelection: boolean; onClear: () => void }>;

/** Nothing is like what was selected, or the ledger has nothing here at all. */
export function NothingHere({ report, hasSelection, onClear }: NothingProps) {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h1 id="empty-title">No rows in {formatWindow(report.from, report.to)}</h1>
      {hasSelection ? (
        <>
          <p>Nothing in this window is like what is selected.</p>
          <Button size="sm" onClick={onClear}>
            Clear the selection
          </Button>
        </>
      ) : (
        <>
          <p>{report.sentence}</p>
          <Command text="tare import bill.parquet --kind focus" />
        </>
      )}
    </section>
  );
}
