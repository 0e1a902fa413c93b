import { z } from 'zod';
import { ACTION_KINDS } from '../../domain/actions/find-idle-now.ts';
import { instant, money } from './results.ts';

/** What the routes of idle holders and of actions are asked and answer; a test holds them to `src/app/results/actions.ts`. */

export const idleNowQuery = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(336)
    .optional()
    .meta({ description: 'Quiet for at least so many hours up to the end of the ledger; default: 2.' }),
});

export const idleNowReport = z
  .object({
    currency: z.string(),
    dataUntil: instant.nullable(),
    leastHours: z.number(),
    rows: z.array(
      z
        .object({
          action: z.enum(ACTION_KINDS),
          target: z.string(),
          workloadId: z.string(),
          kind: z.string(),
          owner: z.string(),
          environment: z.string(),
          nodes: z.array(z.string()),
          devices: z.number(),
          quietHours: z.number(),
          idleCost: money.nullable().describe('Of these hours; null: some have no price.'),
          because: z.string(),
        })
        .meta({ id: 'IdleTarget' }),
    ),
  })
  .meta({ id: 'IdleNowReport' });

const reference = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  controller: z.boolean().optional(),
});
const document = z.record(z.string(), z.unknown());

export const actionRecord = z
  .object({
    id: z.string(),
    action: z.string(),
    object: z.string().describe('Deployment search/chat'),
    target: z.string(),
    owner: z.string(),
    by: z.string(),
    cluster: z.string(),
    at: instant,
    state: z.enum(['begun', 'done', 'failed', 'undone']),
    because: z.string(),
    change: z.string(),
    namespace: z.string(),
    reference,
    patch: document,
    undo: document.nullable(),
    before: document.describe('The object as it was.'),
    failure: z.string().nullable(),
    undoneAt: instant.nullable(),
    undoneBy: z.string().nullable(),
  })
  .meta({ id: 'ActionRecord' });

export const actionLog = z.object({ rows: z.array(actionRecord) }).meta({ id: 'ActionLog' });
export const kept = z.object({ id: z.string() });
