import type { FactBatch } from '../../domain/facts/facts.ts';
import { lookUpColumns } from '../../files/column-lookup.ts';
import { fileSource } from '../../files/file-source.ts';
import { UnreadableFileError } from '../../files/unreadable-file-error.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { openSacct } from './open-sacct.ts';
import { jobFacts, readJobRows } from './read-sacct.ts';
import { SACCT_FIELDS, SACCT_SETTINGS } from './sacct-fields.ts';
import { readSacctSettings } from './sacct-settings.ts';
import { JobSums } from './sacct-totals.ts';

/** What `sacct` prints: `--parsable2`, with or without header, or `--json`. */
export function createSacctFileSource({ catalog }: Readonly<{ catalog: HardwareCatalog }>): FileSource {
  return fileSource(
    {
      kind: 'sacct',
      summary: 'jobs of Slurm as sacct prints them: --parsable2 (-P), any fields, or --json',
      columns: [...SACCT_FIELDS, ...SACCT_SETTINGS],
    },
    (path, options, summary) => readFile(path, options, summary, catalog),
  );
}

async function* readFile(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  catalog: HardwareCatalog,
): AsyncGenerator<FactBatch> {
  const settings = readSacctSettings(path, options.set);
  const { table, assumed } = await openSacct(path, settings.delimiter, options);
  const columns = lookUpColumns(path, table.columns, [...SACCT_FIELDS, ...SACCT_SETTINGS], options);
  if (!columns.has('JobID') && !columns.has('JobIDRaw'))
    throw new UnreadableFileError(
      'missing-column',
      `${path}: there is neither \`JobID\` nor \`JobIDRaw\`. Export one of them, or say which column it is: --map JobID=THEIRS.`,
    );
  if (assumed !== null)
    summary.warnings.push({
      code: 'assumed-fields',
      message: `the file names no fields; its first line reads well in ${assumed}, and that was taken: check the totals, or name the fields with --fields`,
      count: 1,
    });
  const sums = new JobSums();
  const rows = await readJobRows({ path, table, columns }, settings, options.nowMs, summary, sums);
  yield* jobFacts(rows, sums, summary, { settings, catalog, window: null, nowMs: null });
}
