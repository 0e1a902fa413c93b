import { describe } from 'vitest';
import { ENGINES, type TestEngine } from './engines.ts';

/** One suite, run over every engine; one that cannot run here is skipped, and the title says why. */
export function onEveryEngine(title: string, suite: (engine: TestEngine) => void): void {
  for (const engine of ENGINES) {
    const skipped = engine.missing === null ? '' : ` (${engine.missing})`;
    describe.skipIf(engine.missing !== null)(`${title} on ${engine.name}${skipped}`, () => suite(engine));
  }
}
