import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { type AdmissionLogRequest, DEFAULT_ADMISSION_TOP } from '../../app/admission/report-admission.ts';
import type { AdmissionReport } from '../../app/results/admission.ts';
import { answers } from '../openapi-document.ts';
import { admissionQuery, admissionReport } from '../schemas/admission.ts';
import { validate } from './validate.ts';

export type ReadAdmission = (request: AdmissionLogRequest) => Promise<AdmissionReport>;

export function admissionRoutes(read: ReadAdmission): Hono {
  return new Hono().get(
    '/admission',
    describeRoute({
      operationId: 'reportAdmission',
      tags: ['guardrails'],
      summary: 'What the admission webhook refused, warned of, or let through unchecked',
      responses: answers(admissionReport, 'The newest first.'),
    }),
    validate('query', admissionQuery),
    async (context) => {
      const { unchecked, top = DEFAULT_ADMISSION_TOP } = context.req.valid('query');
      return context.json(await read({ uncheckedOnly: unchecked === 'true', top }));
    },
  );
}
