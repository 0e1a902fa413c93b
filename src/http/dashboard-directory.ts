import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the built dashboard lies: beside the bundled command (`dist/web`), or in `dist/web` when the sources run. `null` when unbuilt. */
export function dashboardDirectory(): string | null {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = [join(here, 'web'), join(here, '..', '..', 'dist', 'web')];
  return places.find((place) => existsSync(join(place, 'index.html'))) ?? null;
}
