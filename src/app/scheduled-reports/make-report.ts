import type { ReportFigure, ReportFile, SentReport } from '../../domain/governance/alerts/sent-report.ts';
import { periodAround } from '../../domain/governance/budgets/budget.ts';
import { type EpochMs, formatInstant, MINUTE_MS } from '../../domain/time/window.ts';
import type { DocumentFormat, ReportDocument } from '../results/documents.ts';
import type { Tare } from '../tare.ts';
import type { ReportSetting } from './report-setting.ts';
import { reportWindow } from './report-window.ts';

/** A document as files, and what stands at its top. */
export type RenderedDocument = Readonly<{
  /** `GPU and ML spend`. */
  title: string;
  figures: readonly ReportFigure[];
  /** Set where the figures are made up. */
  stamp: string | null;
  files: readonly ReportFile[];
}>;
export type RenderDocument = (
  document: ReportDocument,
  formats: readonly DocumentFormat[],
) => Promise<RenderedDocument>;

export type ReportMakingParts = Readonly<{
  reportDocument: Tare['reportDocument'];
  renderDocument: RenderDocument;
  /** Where people find this Tare, without a slash at the end; `null` when nobody said. */
  publicUrl: string | null;
}>;

/** What files and figures of one message may weigh together; in base64 and with its text a mail stays below the 10 MB that servers take. */
export const MOST_REPORT_BYTES = 7_000_000;
/** A pass of `tare up` may take a while; what comes later than that is called late. */
const LATE_AFTER_MS = 15 * MINUTE_MS;

/** A report as recipients get it. `dueMs` is `null` where it is sent by hand: then it is about the last whole month that has data. */
export async function makeReport(
  { reportDocument, renderDocument, publicUrl }: ReportMakingParts,
  { name, kind, team, by, formats, timeZone }: ReportSetting,
  { dueMs, atMs }: Readonly<{ dueMs: EpochMs | null; atMs: EpochMs }>,
): Promise<SentReport> {
  const window = dueMs === null ? null : reportWindow(dueMs, timeZone);
  const document = await reportDocument({ kind, window, team, by });
  const rendered = await renderDocument(document, formats);
  const isLate = dueMs !== null && atMs - Math.max(dueMs, window!.toMs) > LATE_AFTER_MS;
  const { files, tooLarge } = thatFit(rendered.files);
  const room = MOST_REPORT_BYTES - files.reduce((sum, { content }) => sum + content.length, 0);
  return {
    name,
    kind,
    title: titleOf(rendered, document),
    sentence: document.sentence,
    figures: rendered.figures,
    notes: [
      ...(rendered.stamp === null ? [] : [`${rendered.stamp}: the figures are made up.`]),
      ...(isLate ? [`It was due at ${minute(dueMs)} UTC, and is late.`] : []),
      ...(document.isComplete ? [] : [`The data reaches until ${minute(Date.parse(document.asOf))} UTC.`]),
      ...tooLarge.map(
        ({ name: file, content }) => `${file} is too large to go along (${megabytes(content)} MB).`,
      ),
    ],
    dueMs,
    isLate,
    link: publicUrl === null ? null : `${publicUrl}${pathOf(document)}`,
    document: Buffer.byteLength(JSON.stringify(document)) <= room ? document : null,
    files,
  };
}

function titleOf({ title }: RenderedDocument, document: Pick<ReportDocument, 'windowName'>): string {
  return `${title}, ${document.windowName}`;
}

/** In the order that was asked for, as long as there is room. */
function thatFit(all: readonly ReportFile[]): Record<'files' | 'tooLarge', readonly ReportFile[]> {
  let room = MOST_REPORT_BYTES;
  const files: ReportFile[] = [];
  for (const file of all) {
    if (file.content.length > room) continue;
    room -= file.content.length;
    files.push(file);
  }
  return { files, tooLarge: all.filter((file) => !files.includes(file)) };
}

/** The document as a page. */
function pathOf(document: ReportDocument): string {
  const query = new URLSearchParams({ format: 'html', ...windowOf(document) });
  if (document.kind === 'showback') query.set('team', document.team);
  if (document.kind === 'chargeback') query.set('by', document.by);
  return `/api/v1/documents/${document.kind}?${query}`;
}

function windowOf({ from, to }: ReportDocument): Record<string, string> {
  const month = periodAround('monthly', Date.parse(from));
  const isMonth = month.fromMs === Date.parse(from) && month.toMs === Date.parse(to);
  return isMonth ? { from: from.slice(0, 7) } : { from, to };
}

function minute(atMs: EpochMs): string {
  return formatInstant(atMs).slice(0, 16).replace('T', ' ');
}

function megabytes({ length }: Uint8Array): string {
  return (length / 1_000_000).toFixed(1);
}
