import data from './catalog.json' with { type: 'json' };
import type { CatalogData } from './catalog-data.ts';

/** The compiled catalogue; its shape is checked when it is compiled, and a test keeps it equal to the YAML. */
export function readCatalog(): CatalogData {
  return data as CatalogData;
}
