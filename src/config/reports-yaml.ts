import { z } from 'zod';
import { DOCUMENT_FORMATS, DOCUMENT_KINDS } from '../app/results/documents.ts';

/** The shape of `reports` in `tare.yaml`. */
export const scheduledReport = z.strictObject({
  name: z
    .string()
    .min(1)
    .optional()
    .describe('Unique among the reports; default is the kind, of a showback showback-TEAM.'),
  kind: z.enum(DOCUMENT_KINDS).describe('As tare export has them.'),
  team: z.string().min(1).optional().describe('Whose; of a showback, which needs it.'),
  by: z
    .string()
    .min(1)
    .optional()
    .describe('What a chargeback is split by: team, model, environment, tag:NAME, …; default team.'),
  at: z
    .string()
    .min(1)
    .describe(
      'When it is due, in cron words: minute, hour, day, month, weekday. "0 8 1 * *" is the first of each month at eight.',
    ),
  timeZone: z
    .string()
    .min(1)
    .optional()
    .describe('Whose clock and calendar count, such as Europe/Berlin; default UTC.'),
  formats: z
    .array(z.enum(DOCUMENT_FORMATS))
    .min(1)
    .optional()
    .describe('The files that go along, where the recipient takes files; default pdf.'),
  to: z.array(z.string().min(1)).min(1).describe('Names of recipients under notify.'),
});

export type ScheduledReportYaml = z.infer<typeof scheduledReport>;
