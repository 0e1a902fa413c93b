import { z } from 'zod';
import { DOCUMENT_FORMATS, DOCUMENT_KINDS } from '../../app/results/documents.ts';
import { instant } from './results.ts';

/** What `/documents/schedule` is asked and answers; a test holds the answers to `src/app/results/scheduled-reports.ts`. */

const lastReport = z.object({
  dueAt: instant.nullable().describe('null: it was sent by hand.'),
  state: z.enum(['planned', 'waiting', 'sending', 'sent', 'uncertain', 'givenUp']),
  at: instant.describe('Since when it is so.'),
  reason: z.string().nullable(),
});

export const scheduledReports = z
  .object({
    asOf: instant,
    rows: z.array(
      z
        .object({
          name: z.string(),
          kind: z.enum(DOCUMENT_KINDS),
          team: z.string().nullable(),
          by: z.string().nullable(),
          at: z.string().meta({
            description: 'Minute, hour, day, month and weekday, in the time zone.',
            example: '0 8 1 * *',
          }),
          timeZone: z.string().meta({ example: 'Europe/Berlin' }),
          formats: z.array(z.enum(DOCUMENT_FORMATS)),
          recipients: z.array(
            z.object({
              name: z.string(),
              kind: z.string(),
              last: lastReport.nullable().describe('What became of the newest one.'),
            }),
          ),
          next: instant,
          last: instant.nullable().describe('When one last left for somebody.'),
        })
        .meta({ id: 'ScheduledReport' }),
    ),
  })
  .meta({ id: 'ScheduledReports' });

export const sendReportBody = z.strictObject({
  name: z.string().meta({ description: 'Of reports in tare.yaml.', example: 'board' }),
  isDryRun: z.boolean().meta({ description: 'Makes it, and sends nothing.' }),
});

export const reportSending = z
  .object({
    name: z.string(),
    isDryRun: z.boolean(),
    title: z.string(),
    sentence: z.string(),
    figures: z.array(z.object({ label: z.string(), value: z.string(), note: z.string() })),
    notes: z.array(z.string()),
    link: z.string().nullable(),
    files: z.array(z.object({ name: z.string(), type: z.string(), bytes: z.number() })),
    recipients: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        state: z.enum(['planned', 'sent', 'uncertain', 'failed']),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'ReportSending' });
