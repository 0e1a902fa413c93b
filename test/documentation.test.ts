import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { buildProgram } from '../src/cli/program.ts';
import { fileKinds } from '../src/compose.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { FOCUS_COLUMNS } from '../src/sources/focus/focus-columns.ts';

const ROOT = resolve(import.meta.dirname, '..');
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage']);

const PAGES = pagesBelow(ROOT).map((path) => ({
  page: relative(ROOT, path),
  text: readFileSync(path, 'utf8'),
}));
const README_LINES = 150;

/** What the examples of `tare.yaml` refer to. */
const SECRETS = {
  PROMETHEUS_URL: 'http://prometheus:9090',
  PROMETHEUS_TOKEN: 'token',
  MLFLOW_TRACKING_TOKEN: 'token',
  LITELLM_MASTER_KEY: 'key',
  TARE_TOKEN: 'token',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/x',
  SEARCH_SLACK_URL: 'https://hooks.slack.com/services/y',
  PAGERDUTY_ROUTING_KEY: 'key',
  WEBHOOK_SECRET: 'secret',
  SMTP_PASSWORD: 'password',
};

/** What a page for users never needs, and why. */
const OUT_OF_PLACE = [
  { pattern: /(?<![\w.~/*…-])\/(?:home|root|Users|work|tmp|mnt)\/\w/, why: 'a path of one machine' },
  { pattern: /\bsessions?\b/i, why: 'about how the work was done; or another word for a run or a visit' },
  { pattern: /https?:\/\/[^\s/)]*(?:registry|npmjs|mirror|artifactory|nexus)/i, why: 'a package registry' },
  { pattern: /\b(?:TODO|FIXME|TBD|lorem ipsum)\b/i, why: 'unfinished' },
] as const;

describe('the documentation', () => {
  it('is found', () => {
    expect(PAGES.length).toBeGreaterThan(15);
  });

  test.each(PAGES)('$page: every link leads somewhere', ({ page, text }) => {
    const broken = linksIn(text).filter((link) => !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });

  test.each(PAGES)('$page: nothing is out of place', ({ text }) => {
    const found = OUT_OF_PLACE.flatMap(({ pattern, why }) => {
      const line = text.split('\n').findIndex((candidate) => pattern.test(candidate));
      return line < 0 ? [] : [`line ${line + 1}: ${why}`];
    });
    expect(found).toEqual([]);
  });

  test.each(PAGES)('$page: has one title, and headings that do not skip a level', ({ text }) => {
    const levels = headingsOf(text).map(({ level }) => level);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels[0]).toBe(1);
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
  });

  it('starts with a README that can be read at once', () => {
    const readme = PAGES.find(({ page }) => page === 'README.md')!;
    expect(readme.text.split('\n').length).toBeLessThan(README_LINES);
  });

  it('lists every page in its index', () => {
    const index = PAGES.find(({ page }) => page === join('docs', 'README.md'))!;
    const listed = linksIn(index.text).map((link) => join('docs', link.split('#')[0]!));
    const missing = PAGES.map(({ page }) => page).filter(
      (page) => page.startsWith('docs') && page !== index.page && !listed.includes(page),
    );
    expect(missing).toEqual([]);
  });

  it('names every column of a bill that is read', () => {
    const mapping = PAGES.find(({ page }) => page.endsWith('focus-mapping.md'))!;
    const names = FOCUS_COLUMNS.flatMap(({ name, aliases }) => [name, ...aliases]);
    const missing = names.filter((name) => !mapping.text.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });
});

describe('the commands of the documentation', () => {
  const commands = PAGES.filter(({ page }) => !page.endsWith('cli.md')).flatMap(({ page, text }) =>
    commandsIn(text).map((command) => ({ page, command })),
  );

  it('are found', () => {
    expect(commands.length).toBeGreaterThan(20);
  });

  test.each(commands)('$page: $command', async ({ command }) => {
    await expect(problemOf(wordsOf(command))).resolves.toBeNull();
  });

  it.each([
    ['tare import bill.csv --kind focus --map BilledCost=amount', null],
    ['tare import bill.csv --kind fokus', 'no kind fokus'],
    ['tare import bill.csv --kind focus --map BiledCost=amount', 'focus has no column BiledCost'],
    ['tare report ledger --bye team', "unknown option '--bye'"],
    ['tare frobnicate', "unknown command 'frobnicate'"],
  ])('are judged: %s', async (command, problem) => {
    const found = await problemOf(wordsOf(command));
    if (problem === null) expect(found).toBeNull();
    else expect(found).toContain(problem);
  });
});

describe('the configurations of the documentation', () => {
  const snippets = PAGES.flatMap(({ page, text }) =>
    blocksOf(text, 'yaml').map((snippet, index) => ({ page, place: index + 1, snippet })),
  );

  it('are found', () => {
    expect(snippets.length).toBeGreaterThan(5);
  });

  test.each(snippets)('$page, block $place: is taken as tare.yaml', ({ snippet }) => {
    const directory = mkdtempSync(join(tmpdir(), 'tare-documentation-'));
    try {
      writeFileSync(join(directory, 'tare.yaml'), snippet);
      expect(loadConfig({ path: undefined, directory, environment: SECRETS, usesSources: true }).path).toBe(
        'tare.yaml',
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the link checker', () => {
  it.each([
    ['README.md', 'LICENSE', true],
    ['README.md', 'LICENCE', false],
    ['README.md', 'docs/methodology.md#the-weighing', true],
    ['README.md', 'docs/methodology.md#the-waying', false],
    [join('docs', 'methodology.md'), '#a-measure-has-a-basis', true],
    [join('docs', 'methodology.md'), '../README.md', true],
    [join('docs', 'methodology.md'), 'README.md#nothing', false],
  ])('%s → %s: %s', (page, link, expected) => {
    expect(leadsSomewhere(page, link)).toBe(expected);
  });

  it('finds links, images and references, and none in code', () => {
    const text = '[a](b.md) ![c](d.png "e") [f](https://g.h) `[i](j)`\n```\n[k](l)\n```\n[m]: n.md';
    expect(linksIn(text)).toEqual(['b.md', 'd.png', 'n.md']);
  });
});

function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pagesBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Relative links; those to other hosts are not followed. */
function linksIn(text: string): string[] {
  const prose = withoutCode(text).replace(/`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, link]) => link!);
  const references = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map(([, link]) => link!);
  return [...inline, ...references].filter((link) => !/^[a-z][a-z+.-]*:/i.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = decodeURIComponent(link).split('#');
  const target = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined || !target.endsWith('.md') || !statSync(target).isFile()) return true;
  return headingsOf(readFileSync(target, 'utf8')).some((heading) => heading.anchor === anchor);
}

/** As GitHub makes them: lower case, no punctuation, blanks as hyphens, repeated ones numbered. */
function headingsOf(text: string): { level: number; anchor: string }[] {
  const seen = new Map<string, number>();
  return [...withoutCode(text).matchAll(/^(#{1,6}) (.+)$/gm)].map(([, marks, title]) => {
    const name = title!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return { level: marks!.length, anchor: before === 0 ? name : `${name}-${before}` };
  });
}

function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[^\n]*\n[\s\S]*?^\1[^\n]*$/gm, '');
}

/** The contents of code blocks, of all or of one language. */
function blocksOf(text: string, language = '[^\\n]*'): string[] {
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, block]) => block!);
}

/** Commands in code blocks, continued lines joined, without the words that explain them. */
function commandsIn(text: string): string[] {
  return blocksOf(text)
    .flatMap((block) => block.replace(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => /^(?:\$ )?(?:npx )?(tare [a-z].*)$/.exec(line)?.[1] ?? '')
    .filter((line) => line !== '' && !line.includes('[options]'))
    .map((line) => line.replace(/\s{2,}(?![\s-]).*$/, '').trim());
}

function wordsOf(command: string): string[] {
  return command.split(/\s+/).slice(1);
}

/** What the real command would say against these words; `null` when it would run. */
async function problemOf(words: readonly string[]): Promise<string | null> {
  const kinds = fileKinds();
  const program = buildProgram({ version: '0', fileKinds: kinds, run: async () => {} });
  for (const command of withDescendants(program)) {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return words[0] === 'import' ? problemOfImport(words, kinds) : null;
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withDescendants)];
}

const READING_RULES = ['numbers', 'dates'];

function problemOfImport(words: readonly string[], kinds: ReturnType<typeof fileKinds>): string | null {
  const valuesOf = (flag: string) => words.filter((_, index) => words[index - 1] === flag);
  const [name] = valuesOf('--kind');
  const kind = kinds.find((candidate) => candidate.kind === name);
  if (!kind) return `no kind ${name}`;
  const columns = [...kind.columns.map((column) => column.name), ...READING_RULES];
  const stated = ['--map', '--set'].flatMap(valuesOf).map((value) => value.split('=')[0]!);
  const families = columns.filter((column) => column.endsWith('NAME')).map((column) => column.slice(0, -4));
  const isKnown = (column: string) =>
    columns.includes(column) || ['tag:', 'label:', ...families].some((prefix) => column.startsWith(prefix));
  const unknown = stated.find((column) => !isKnown(column));
  return unknown === undefined ? null : `${kind.kind} has no column ${unknown}`;
}
