import { z } from 'zod';
import { instant } from './results.ts';

/** What `/admission` is asked and answers; a test holds the answer to `src/app/results/admission.ts`. */

export const admissionQuery = z.object({
  unchecked: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: only what was let through unchecked.' }),
  top: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .meta({ description: 'At most so many; default: 50.' }),
});

export const admissionReport = z
  .object({
    answered: z
      .object({ since: instant, until: instant, decisions: z.record(z.string(), z.number()) })
      .nullable()
      .describe('How often it answered what since it began last; null: no webhook left word.'),
    counts: z.object({
      denied: z.number(),
      wouldDeny: z.number(),
      warned: z.number(),
      unchecked: z.number(),
    }),
    uncheckedBy: z.record(z.string(), z.number()).describe('Reason and count.'),
    entries: z.array(
      z
        .object({
          at: instant,
          decision: z.string(),
          unchecked: z.string().nullable().describe('Why it was not judged, or not by everything.'),
          detail: z.string().nullable(),
          operation: z.string().nullable(),
          object: z.string().nullable().describe('Deployment research/chat'),
          user: z.string().nullable(),
          isDryRun: z.boolean(),
        })
        .meta({ id: 'AdmissionEntry' }),
    ),
    more: z.number(),
  })
  .meta({ id: 'AdmissionReport' });
