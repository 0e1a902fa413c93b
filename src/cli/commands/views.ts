import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TareError } from '../../app/errors.ts';
import { readViewsYaml } from '../../config/views-yaml.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExportViewsFlags, GlobalFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

const READS = { writes: false, usesSources: false };
const WRITES = { writes: true, usesSources: false };

/** `tare views list`. */
export function listViews(context: CommandContext, flags: GlobalFlags): Promise<number> {
  return withTare(context, flags, READS, async ({ tare }) => {
    await printData(context, formatOf(flags), { name: 'views', result: await tare.views() });
    return EXIT.fine;
  });
}

/** `tare views export`: YAML whatever `--format` says, so that a file can be kept beside `tare.yaml`. */
export function exportViews(context: CommandContext, flags: ExportViewsFlags): Promise<number> {
  return withTare(context, flags, READS, async ({ tare }) => {
    const { rows } = await tare.views();
    const { viewsYaml } = await import('../../reports/views-yaml.ts');
    const text = viewsYaml(rows);
    if (flags.out === undefined) context.terminal.write(text);
    else {
      const path = resolve(context.directory, flags.out);
      await writeFile(path, text);
      context.terminal.note(`${rows.length} ${rows.length === 1 ? 'view' : 'views'} in ${path}`);
    }
    return EXIT.fine;
  });
}

/** `tare views import FILE`: exits 4 when an entry could not be kept; the others are in then. */
export async function importViews(
  context: CommandContext,
  flags: GlobalFlags,
  file: string,
): Promise<number> {
  const { views, rejects } = await readViewsYaml(resolve(context.directory, file));
  return withTare(context, flags, WRITES, async ({ tare }) => {
    const failures = rejects.map(({ where, message }) => `${where}  ${message}`);
    let saved = 0;
    for (const { where, ...view } of views) {
      try {
        await tare.saveView(view);
        saved += 1;
      } catch (thrown) {
        if (!(thrown instanceof TareError) || thrown.code !== 'TARE-4051') throw thrown;
        failures.push(`${where}  ${thrown.message}`);
      }
    }
    context.terminal.note(`${saved} of ${views.length + rejects.length} views saved`);
    for (const failure of failures) context.terminal.note(`rejected  ${failure}`);
    return failures.length > 0 ? EXIT.data : EXIT.fine;
  });
}

/** `tare views delete NAME`. */
export function deleteView(context: CommandContext, flags: GlobalFlags, name: string): Promise<number> {
  return withTare(context, flags, WRITES, async ({ tare }) => {
    const { address } = await tare.removeView(name);
    context.terminal.note(`deleted "${name}", which stood for ${address}`);
    return EXIT.fine;
  });
}
