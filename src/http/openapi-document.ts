import { resolver } from 'hono-openapi';
import type { z } from 'zod';
import { problem } from './schemas/requests.ts';

export const API_DOCUMENT = {
  info: {
    title: 'Tare',
    version: '1',
    description:
      'The ledger of a GPU fleet: every paid GPU-second and every charge in exactly one bucket, with an owner and a price. Money is an exact decimal text in the one currency of the document; fractions are 0–1; instants are ISO 8601, UTC.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  components: {
    securitySchemes: {
      token: {
        type: 'http' as const,
        scheme: 'bearer',
        description: 'A token of server.tokens in tare.yaml.',
      },
    },
  },
  security: [{}, { token: [] }],
};

export const JSON_TYPE = 'application/json';
export const CSV_TYPE = 'text/csv';
export const PROGRESS_TYPE = 'application/x-ndjson';

/** Responses of a route: its answer, in the given media types, and problems. */
export function answers(schema: z.ZodType, description: string, otherTypes: readonly string[] = []) {
  const others = otherTypes.map((type) => [type, { schema: { type: 'string' as const } }]);
  return {
    200: {
      description,
      content: { [JSON_TYPE]: { schema: resolver(schema) }, ...Object.fromEntries(others) },
    },
    default: {
      description: 'What went wrong and what to do.',
      content: { 'application/problem+json': { schema: resolver(problem) } },
    },
  };
}
