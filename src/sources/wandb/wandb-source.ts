import type { FactBatch } from '../../domain/facts/facts.ts';
import { emptySummary } from '../../files/read-rows.ts';
import { openTable } from '../../files/read-table.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { readExportedRuns } from './read-exported-runs.ts';
import { isHistory, readHistory } from './read-history.ts';
import { isSystemMetrics, readSystemMetrics } from './read-system-metrics.ts';
import { WANDB_COLUMNS } from './wandb-columns.ts';

/** Exports of Weights & Biases. What a file holds is seen by its columns: runs, system metrics of a run, or the history of one. */
export class WandbSource implements FileSource {
  readonly kind = 'wandb';
  readonly summary = 'exported runs, system metrics and histories of Weights & Biases';
  readonly columns = WANDB_COLUMNS;
  readonly #catalog: HardwareCatalog;

  constructor({ catalog }: Readonly<{ catalog: HardwareCatalog }>) {
    this.#catalog = catalog;
  }

  read(path: string, options: FileReadOptions): FactReading {
    const summary = emptySummary();
    return { batches: this.#read(path, options, summary), summary };
  }

  async *#read(path: string, options: FileReadOptions, summary: ReadSummary): AsyncGenerator<FactBatch> {
    const table = await openTable(path, options);
    if (isSystemMetrics(table.columns)) yield* readSystemMetrics(path, table, options, summary);
    else if (isHistory(table.columns)) yield* readHistory(path, table, options, summary);
    else yield* readExportedRuns(path, table, { options, summary, catalog: this.#catalog });
  }
}
