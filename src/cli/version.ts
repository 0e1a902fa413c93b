import { readFileSync } from 'node:fs';

/** From the package that this file ships in, whether it runs from `src/cli` or from `dist`. */
export const TARE_VERSION: string = readVersion([
  new URL('../package.json', import.meta.url),
  new URL('../../package.json', import.meta.url),
]);

function readVersion(places: readonly URL[]): string {
  for (const place of places) {
    try {
      return (JSON.parse(readFileSync(place, 'utf8')) as { version: string }).version;
    } catch {
      // Not here: the other layout.
    }
  }
  return '0.0.0';
}
