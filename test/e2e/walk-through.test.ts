import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { REPOSITORY } from './dashboard-build.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

/** The walk-through is true: what it prints in bold in a section is printed by the command of that section, on the demo that it names. */
const TEXT = readFileSync(join(REPOSITORY, 'docs/guides/walk-through.md'), 'utf8');
const INSTANT = /<!-- the demo at (\S+) -->/.exec(TEXT)![1]!;
const LARGEST_PICTURE_BYTES = 150_000;

const SECTIONS = TEXT.split(/^## /m)
  .slice(1)
  .map((section) => ({
    question: section.split('\n')[0]!,
    commands: [...section.matchAll(/^tare (.+)$/gm)].map(([, words]) => words!),
    figures: [...section.matchAll(/\*\*([^*]+)\*\*/g)].map(([, figure]) => figure!),
    pictures: [...section.matchAll(/\]\(\.\.\/images\/([\w-]+\.png)\)/g)].map(([, name]) => name!),
  }));

describe('the walk-through', () => {
  let demo: DemoProcess;
  beforeAll(async () => {
    demo = await startDemo(INSTANT);
  }, 300_000);
  afterAll(() => demo.stop());

  it('asks its questions', () => expect(SECTIONS.length).toBe(6));

  test.each(SECTIONS)('$question', { timeout: 240_000 }, async ({ commands, figures, pictures }) => {
    expect(commands).toHaveLength(1);
    expect(figures.length).toBeGreaterThan(1);
    const said = (await demo.tareAloud(...commands[0]!.split(' '))).replaceAll(/\s+/g, ' ');
    expect(figures.filter((figure) => !said.includes(figure))).toEqual([]);
    expect(pictures).toHaveLength(1);
    const { size } = statSync(join(REPOSITORY, 'docs/images', pictures[0]!));
    expect(size).toBeLessThan(LARGEST_PICTURE_BYTES);
  });
});
