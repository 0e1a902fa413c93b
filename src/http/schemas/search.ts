import { z } from 'zod';
import { DEFAULT_NAMES, MOST_NAMES } from '../../app/search-names.ts';
import { NAME_KINDS } from '../../ports/name-search.ts';
import { instant } from './results.ts';

/** What the routes of names and of saved views are asked and answer; a test holds them to `src/app/results/search.ts`. */

export const searchQuery = z.object({
  q: z.string().meta({ description: 'Part of a name, in any case; no wildcards.', example: 'search' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_NAMES)
    .optional()
    .meta({ description: `Names to list; default: ${DEFAULT_NAMES}.` }),
});

export const searchResult = z
  .object({
    text: z.string(),
    rows: z.array(
      z
        .object({
          kind: z.enum(NAME_KINDS),
          id: z.string().describe('What names it elsewhere: the id of a run, the name of anything else.'),
          name: z.string(),
          detail: z.string().nullable().describe('Whose it is or where it stands.'),
        })
        .meta({ id: 'FoundName' }),
    ),
    isCut: z.boolean().describe('More names hold the text.'),
  })
  .meta({ id: 'SearchResult' });

export const viewRow = z
  .object({
    name: z.string(),
    address: z.string().describe('Within the dashboard: /explore?by=team'),
    link: z.string().describe('Leads to the address, whatever it is by then: /views/NAME'),
    savedAt: instant,
  })
  .meta({ id: 'SavedView' });

export const viewList = z.object({ rows: z.array(viewRow) }).meta({ id: 'SavedViews' });

export const viewBody = z.object({ name: z.string(), address: z.string() });
