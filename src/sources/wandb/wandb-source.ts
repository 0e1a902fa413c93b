import type { FactBatch } from '../../domain/facts/facts.ts';
import { fileSource } from '../../files/file-source.ts';
import { openTable } from '../../files/read-table.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { readExportedRuns } from './read-exported-runs.ts';
import { isHistory, readHistory } from './read-history.ts';
import { isSystemMetrics, readSystemMetrics } from './read-system-metrics.ts';
import { WANDB_COLUMNS } from './wandb-columns.ts';

/** Exports of Weights & Biases. What a file holds is seen by its columns: runs, system metrics of a run, or the history of one. */
export function createWandbSource({ catalog }: Readonly<{ catalog: HardwareCatalog }>): FileSource {
  return fileSource(
    {
      kind: 'wandb',
      summary: 'exported runs, system metrics and histories of Weights & Biases',
      columns: WANDB_COLUMNS,
    },
    (path, options, summary) => readExport(path, options, summary, catalog),
  );
}

async function* readExport(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  catalog: HardwareCatalog,
): AsyncGenerator<FactBatch> {
  const table = await openTable(path, options);
  if (isSystemMetrics(table.columns)) yield* readSystemMetrics(path, table, options, summary);
  else if (isHistory(table.columns)) yield* readHistory(path, table, options, summary);
  else yield* readExportedRuns(path, table, { options, summary, catalog });
}
