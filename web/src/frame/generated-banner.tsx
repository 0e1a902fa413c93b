import type { Overview } from '../../../src/app/results/results.ts';
import { Command } from './command.tsx';

/** Invented figures must not be taken for real ones. */
export function GeneratedBanner({ generated }: Readonly<{ generated: NonNullable<Overview['generated']> }>) {
  return (
    <aside className="generated" aria-label="Generated data">
      <p>
        <strong>Generated data: an invented fleet (seed {generated.seed}).</strong>{' '}
        {generated.description.replace(/\.$/, '')}. No figure here is yours.
      </p>
      <div className="generated-commands">
        <span>Bring your own:</span>
        <Command text="tare import bill.parquet --kind focus" />
        <Command text="tare init" />
      </div>
    </aside>
  );
}
