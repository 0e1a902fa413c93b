import { basename } from 'node:path';
import type { RowReader } from '../../files/row-reader.ts';

/**
 * `wandb:ENTITY/PROJECT/ID`, as much of it as the row tells; the same in the file of runs, in that of system metrics and in that of a
 * history when all of them tell the same.
 */
export function readRunKey(reader: RowReader, idOfFile: string | null): string {
  const id = reader.text('run') ?? idOfFile;
  if (id === null) {
    reader.fail(
      'run',
      'missing-run',
      'the id of the run is blank; export it as `id`, or say which column it is: --map run=THEIRS',
    );
    return '';
  }
  if (id.includes('/')) return `wandb:${id}`;
  const parts = [reader.text('entity'), reader.text('project'), id].filter((part) => part !== null);
  return `wandb:${parts.join('/')}`;
}

/** `x1` of `exports/x1.events.jsonl.gz`. */
export function idOfFile(path: string): string {
  return basename(path).split('.')[0]!;
}

/** Ids of devices stand in paths, so they hold no slash. */
export function gpuDeviceId(runKey: string, gpu: number | string): string {
  return `${runKey.replaceAll('/', ':')}:gpu${gpu}`;
}
