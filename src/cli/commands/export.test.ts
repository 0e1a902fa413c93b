import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPdf } from '../../../test/support/read-pdf.ts';
import { writeSmallFiles } from '../../../test/support/small-files.ts';

const ENTRY = join(dirname(dirname(fileURLToPath(import.meta.url))), 'main.ts');
const TSX = new URL('../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;

type Ended = Readonly<{ code: number; stdout: string; stderr: string }>;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-export-'));
  writeSmallFiles(directory);
});
afterAll(() => rmSync(directory, { recursive: true }));

function tare(words: string): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', TSX, ENTRY, ...words.split(' ')],
      { cwd: directory, env },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

describe('tare export', () => {
  it('says that there is nothing yet, with 4', async () => {
    const { code, stdout, stderr } = await tare('export board');
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain('TARE-4030  there is nothing to report: the ledger is empty');
    expect(stderr).toContain('tare import FILE --kind KIND');
  });

  describe('of a fleet', () => {
    beforeAll(async () => {
      for (const kind of ['capacity', 'allocations', 'usage'])
        await tare(`import ${kind}.csv --kind ${kind}`);
      await tare('import bill.csv --kind focus');
    });

    it('prints Markdown, or what is asked for', async () => {
      const markdown = await tare('export chargeback');
      expect(markdown.code).toBe(0);
      expect(markdown.stdout).toMatch(/^# Chargeback statement, October 2026\n/);
      expect(markdown.stdout).toContain('| **Total** | **3.00** |');
      const json = await tare('export chargeback --by model --json');
      expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'chargeback', number: 'TARE-202610-MODEL' });
      const csv = await tare('export showback --team search --format csv');
      expect(csv.stdout).toContain('team,search,totalCost,25.00,USD\r\n');
    });

    it('writes a file as its ending says', async () => {
      const { code, stdout, stderr } = await tare('export board --out board.pdf');
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toContain('October 2026 cost $37 until 2026-10-14.');
      expect(stderr).toContain('board.pdf written');
      const pdf = readPdf(readFileSync(join(directory, 'board.pdf')));
      expect(pdf).toMatchObject({ pages: 1, title: 'GPU and ML spend, October 2026' });
      expect(pdf.texts[0]).toContain('October 2026 cost $37 until 2026-10-14.');
    });

    it.each([
      ['export board --out board.docx', 2, 'nothing is known of how to write board.docx'],
      ['export board --out board.pfd', 2, 'did you mean .pdf?'],
      ['export board --out gone/board.pdf', 4, 'TARE-4032'],
      ['export showback', 2, "required option '--team <name>' not specified"],
      ['export showback --team serach', 4, 'did you mean search?'],
      ['export bord', 2, 'did you mean board?'],
    ])('ends %s with %d', async (words, expected, message) => {
      const { code, stdout, stderr } = await tare(words);
      expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
      expect(stderr).toContain(message);
    });
  });
});
