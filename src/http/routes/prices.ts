import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { PriceQuery, PriceReport } from '../../app/look-up-prices.ts';
import { readInstant } from '../../app/read-request.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers } from '../openapi-document.ts';
import { priceQuery } from '../schemas/requests.ts';
import { priceReport } from '../schemas/results.ts';
import { validate } from './validate.ts';

export type PriceLookup = (query: PriceQuery) => PriceReport;

export function priceRoutes(lookUp: PriceLookup, clock: Clock): Hono {
  return new Hono().get(
    '/prices',
    describeRoute({
      tags: ['prices'],
      summary: 'What a GPU-hour costs, and who says so',
      responses: answers(priceReport, 'What each price book says, in the order of trust.'),
    }),
    validate('query', priceQuery),
    (context) => {
      const { subject, provider, region, lifecycle, at } = context.req.valid('query');
      const atMs = readInstant(at, clock.nowMs());
      const query = {
        subject,
        provider: provider ?? null,
        region: region ?? null,
        lifecycle: lifecycle ?? null,
        atMs,
      };
      return context.json(lookUp(query));
    },
  );
}
