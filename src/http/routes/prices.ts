import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { PriceQuery } from '../../app/find-prices.ts';
import { readInstant } from '../../app/read-request.ts';
import type { PriceReport } from '../../app/results/prices.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers } from '../openapi-document.ts';
import { priceQuery } from '../schemas/requests.ts';
import { priceReport } from '../schemas/results.ts';
import { validate } from './validate.ts';

/** Prices as the ledger's currency orders them. */
export type PriceSearch = (query: Omit<PriceQuery, 'currency'>) => PriceReport;

export function priceRoutes(search: PriceSearch, clock: Clock): Hono {
  return new Hono().get(
    '/prices',
    describeRoute({
      operationId: 'findPrices',
      tags: ['prices'],
      summary: 'What a GPU-hour costs by the list',
      responses: answers(priceReport, 'List prices, cheapest GPU first.'),
    }),
    validate('query', priceQuery),
    (context) => {
      const { words, gpu, provider, region, lifecycle, at } = context.req.valid('query');
      const query = {
        words: words?.split(' ').filter(Boolean) ?? [],
        gpu: gpu ?? null,
        provider: provider ?? null,
        region: region ?? null,
        lifecycle: lifecycle ?? null,
        atMs: readInstant(at, clock.nowMs()),
      };
      return context.json(search(query));
    },
  );
}
