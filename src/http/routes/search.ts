import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { DEFAULT_NAMES } from '../../app/search-names.ts';
import type { Tare } from '../../app/tare.ts';
import { answers } from '../openapi-document.ts';
import { searchQuery, searchResult, viewBody, viewList, viewRow } from '../schemas/search.ts';
import { validate } from './validate.ts';

const TAGS = ['dashboard'];

/**
 * Names, and pages that were saved under one. Whoever may read may save: a view holds an address of the dashboard and no figure. Another
 * site cannot make a browser do it, since it can send neither JSON nor DELETE here.
 */
export function searchRoutes(tare: Tare): Hono {
  const routes = new Hono();
  routes.get(
    '/search',
    describeRoute({
      operationId: 'search',
      tags: TAGS,
      summary:
        'Teams, models, endpoints, workloads, runs, pools, GPU models, nodes and devices by a part of their name',
      responses: answers(searchResult, 'Best fits first.'),
    }),
    validate('query', searchQuery),
    async (context) => {
      const { q, limit = DEFAULT_NAMES } = context.req.valid('query');
      return context.json(await tare.search({ text: q, limit }));
    },
  );

  routes.get(
    '/views',
    describeRoute({
      operationId: 'views',
      tags: TAGS,
      summary: 'Pages of the dashboard that were saved under a name',
      responses: answers(viewList, 'By name.'),
    }),
    async (context) => context.json(await tare.views()),
  );

  routes.post(
    '/views',
    describeRoute({
      operationId: 'saveView',
      tags: TAGS,
      summary: 'Saves a page under a name, in the place of what the name stood for',
      responses: answers(viewRow, 'What is kept.'),
    }),
    validate('json', viewBody),
    async (context) => context.json(await tare.saveView(context.req.valid('json'))),
  );

  routes.delete(
    '/views/:name',
    describeRoute({
      operationId: 'removeView',
      tags: TAGS,
      summary: 'Deletes a saved view',
      responses: answers(viewRow, 'What was deleted.'),
    }),
    async (context) => context.json(await tare.removeView(context.req.param('name'))),
  );
  return routes;
}

/** `/views/NAME` leads to the page that the name stands for. */
export function viewLinks(tare: Tare): Hono {
  return new Hono().get('/views/:name', async (context) => {
    const name = context.req.param('name');
    const view = (await tare.views()).rows.find((row) => row.name === name);
    return view ? context.redirect(view.address) : context.redirect(`/?no-view=${encodeURIComponent(name)}`);
  });
}
