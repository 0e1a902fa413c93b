import { writeFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { TareError } from '../../app/errors.ts';
import { readDocumentRequest } from '../../app/read-document-request.ts';
import type { DocumentKind } from '../../app/results/documents.ts';
import { closestWord } from '../../domain/text/closest-word.ts';
import { DOCUMENT_FORMATS, type DocumentFormat } from '../../reports/documents/document-formats.ts';
import { renderDocument } from '../../reports/documents/render-document.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExportFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf } from '../print.ts';

/** Makes a document, into the file that was named or onto stdout. */
export function exportDocument(
  context: CommandContext,
  flags: ExportFlags,
  kind: DocumentKind,
): Promise<number> {
  const { from, to, team, by, out } = flags;
  const request = readDocumentRequest({ kind, from, to, team, by }, context.nowMs());
  const format = out === undefined ? printedFormat(flags) : formatOfFile(out);
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const document = await tare.reportDocument(request);
    const body = await renderDocument(document, format);
    if (out === undefined) {
      context.terminal.write(body.toString());
      return EXIT.fine;
    }
    writeTo(resolve(context.directory, out), body);
    context.terminal.note(`${document.sentence}\n${out} written`);
    return EXIT.fine;
  });
}

/** A document has no table of its own for a terminal: Markdown is what people read there. */
function printedFormat(flags: ExportFlags): 'json' | 'csv' | 'md' {
  const format = formatOf(flags);
  return format === 'json' || format === 'csv' ? format : 'md';
}

function formatOfFile(file: string): DocumentFormat {
  const ending = extname(file).slice(1).toLowerCase();
  const found = DOCUMENT_FORMATS.find((format) => format === ending);
  if (found) return found;
  if (ending === 'markdown') return 'md';
  const meant = ending === '' ? undefined : closestWord(ending, DOCUMENT_FORMATS);
  throw new TareError(
    'usage',
    `nothing is known of how to write ${file}`,
    `${meant ? `did you mean .${meant}? ` : ''}end it with ${DOCUMENT_FORMATS.map((format) => `.${format}`).join(', ')}`,
  );
}

function writeTo(path: string, body: string | Uint8Array): void {
  try {
    writeFileSync(path, body);
  } catch (error) {
    throw new TareError(
      'fileNotWritable',
      `${path} cannot be written: ${(error as Error).message}`,
      'name a file in a folder that is there, and that you may write in',
      error,
    );
  }
}
