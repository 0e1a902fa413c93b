import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openTable } from './read-table.ts';
import type { TableRow } from './table.ts';
import { UnreadableFileError } from './unreadable-file-error.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const signal = new AbortController().signal;

async function write(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function read(path: string, fields: readonly string[] | null = null) {
  const table = await openTable(path, { fields, signal });
  const rows: TableRow[] = [];
  for await (const row of table.rows) rows.push(row);
  return { columns: table.columns, rows };
}

const summaryOf = (rows: readonly TableRow[]) =>
  rows.map((row) => [row.line, ...(row.kind === 'row' ? row.cells : ['broken'])]);

describe('delimited text', () => {
  test.each([
    ['commas', 'a.csv', 'x,y\n1,2\n'],
    ['semicolons, with commas as decimals', 'b.csv', 'x;y\n1;2\n'],
    ['tabs', 'c.tsv', 'x\ty\n1\t2\n'],
    ['bars', 'd.txt', 'x|y\n1|2\n'],
    ['a byte order mark and CRLF', 'e.csv', '\ufeffx,y\r\n1,2\r\n'],
    ['UTF-16 as Excel writes it', 'f.csv', Buffer.from('\ufeffx\ty\r\n1\t2\r\n', 'utf16le')],
    ['gzip, whatever the name', 'g.csv', gzipSync('x,y\n1,2\n')],
    ['two gzip members', 'h.csv.gz', Buffer.concat([gzipSync('x,y\n'), gzipSync('1,2\n')])],
    ['a name that says nothing', 'i', ' x , y \n1,2'],
    ['trailing delimiters', 'j.csv', 'x,y\n1,2,\n,,\n'],
  ])('reads %s', async (_, name, content) => {
    const { columns, rows } = await read(await write(name, content));
    expect(columns).toEqual(['x', 'y']);
    expect(summaryOf(rows)).toEqual([[2, '1', '2']]);
  });

  it('keeps the lines of the file and breaks only the rows that are broken', async () => {
    const text = 'x,y\n1,"two\nlines"\n\n3\n4,5,6\n7,"8\n9,10\n';
    const { rows } = await read(await write('lines.csv', text));
    expect(summaryOf(rows)).toEqual([
      [2, '1', 'two\nlines'],
      [5, 'broken'],
      [6, 'broken'],
      [7, 'broken'],
      [8, '9', '10'],
    ]);
    expect(rows[1]).toMatchObject({ message: expect.stringContaining('1 cells, the header has 2') });
    expect(rows[3]).toMatchObject({ message: expect.stringContaining('cell 2 is never closed') });
  });

  it('takes names from outside for a file without a header', async () => {
    const { columns, rows } = await read(await write('bare.csv', '1,2\n3,4\n'), ['x', 'y']);
    expect(columns).toEqual(['x', 'y']);
    expect(summaryOf(rows)).toEqual([
      [1, '1', '2'],
      [2, '3', '4'],
    ]);
  });

  it('can be read twice', async () => {
    const table = await openTable(await write('twice.csv', 'x\n1\n2\n'), { fields: null, signal });
    for (const _ of [1, 2]) {
      let count = 0;
      for await (const row of table.rows) if (row.kind === 'row') count += 1;
      expect(count).toBe(2);
    }
  });

  it('stops when asked to', async () => {
    const controller = new AbortController();
    const path = await write('long.csv', `x\n${'1\n'.repeat(500_000)}`);
    const table = await openTable(path, { fields: null, signal: controller.signal });
    await expect(async () => {
      for await (const _ of table.rows) controller.abort();
    }).rejects.toThrow(/abort/i);
  });
});

describe('JSON', () => {
  const expected = [
    [1, '0.1234567890123456789', null, null],
    [2, null, '{"k": 1.0}', 'x'],
  ];
  const first = '{"a":0.1234567890123456789}';
  const second = '{"b":{"k": 1.0},"c":"x"}';
  test.each([
    ['one object a line', 'a.ndjson', `${first}\n${second}\n`],
    ['an array', 'b.json', `[${first},\n${second}]`],
    ['an array behind a name that says nothing', 'c', `[${first},\n${second}]`],
    ['gzip', 'd.jsonl.gz', gzipSync(`${first}\n${second}`)],
  ])('keeps numbers as they stand in %s', async (_, name, content) => {
    const { columns, rows } = await read(await write(name, content));
    expect(columns).toEqual(['a', 'b', 'c']);
    expect(summaryOf(rows)).toEqual(expected);
  });

  it('reads objects over several lines, and an object alone', async () => {
    const { rows } = await read(await write('pretty.json', '{\n "a": 1\n}\n{\n "a": 2\n}\n'));
    expect(summaryOf(rows)).toEqual([
      [1, '1'],
      [4, '2'],
    ]);
  });

  it('breaks only the line that is broken', async () => {
    const { rows } = await read(await write('broken.ndjson', '{"a":1}\n{"a":\n\nnonsense\n{"a":4}\n'));
    expect(summaryOf(rows)).toEqual([
      [1, '1'],
      [2, 'broken'],
      [4, 'broken'],
      [5, '4'],
    ]);
  });

  it('yields what stands before the damage, then fails', async () => {
    const table = await openTable(await write('cut.json', '[{"a":1},{"a":2},{"a'), { fields: null, signal });
    const lines: number[] = [];
    const reading = async () => {
      for await (const row of table.rows) lines.push(row.line);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'damaged-json' });
    expect(lines).toHaveLength(2);
  });
});

describe('Parquet', () => {
  async function writeParquet(name: string, select: string): Promise<string> {
    const path = join(folder, name);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    return path;
  }

  test.each([
    ['1.10::DECIMAL(18, 4)', '1.1000'],
    ['12345678901234567890.123456789012::DECIMAL(38, 12)', '12345678901234567890.123456789012'],
    ['0.1::DOUBLE', '0.1'],
    ['9007199254740993::BIGINT', '9007199254740993'],
    ["TIMESTAMP '2026-10-14 09:00:00'", '2026-10-14T09:00:00Z'],
    ["TIMESTAMP '2026-10-14 09:00:00.123456'", '2026-10-14T09:00:00.123456Z'],
    ["TIMESTAMPTZ '2026-10-14 09:00:00+02'", '2026-10-14T07:00:00Z'],
    ["DATE '2026-10-14'", '2026-10-14'],
    ["encode('café')", 'café'],
    ["''", ''],
    ['true', 'true'],
    ["MAP {'Team': 'a', 'n': NULL}", '{"Team":"a","n":null}'],
    ["MAP {encode('k'): encode('v')}", '{"k":"v"}'],
    ["{'price': 1.10::DECIMAL(10, 2), 'tiers': [1, 2]}", '{"price":"1.10","tiers":[1,2]}'],
    ['[1, 2]', '[1,2]'],
    ['NULL::MAP(VARCHAR, VARCHAR)', null],
    ['NULL::DECIMAL(10, 2)', null],
  ])('reads %s as text', async (expression, expected) => {
    const path = await writeParquet('value.parquet', `SELECT ${expression} AS "the ""value"""`);
    const { columns, rows } = await read(path);
    expect(columns).toEqual(['the "value"']);
    expect(rows).toEqual([{ kind: 'row', line: 1, cells: [expected] }]);
  });

  it('keeps the order of the file, also gzipped', async () => {
    const path = await writeParquet('many.parquet', 'SELECT i FROM range(50000) AS t(i)');
    for (const file of [path, await write('many.parquet.gz', gzipSync(await readFile(path)))]) {
      const { rows } = await read(file);
      expect(rows).toHaveLength(50_000);
      expect(rows.every((row) => row.kind === 'row' && row.cells[0] === String(row.line - 1))).toBe(true);
    }
  });

  it('says when it is cut off', async () => {
    const whole = await readFile(await writeParquet('whole.parquet', 'SELECT i FROM range(1000) AS t(i)'));
    const path = await write('cut.parquet', whole.subarray(0, 800));
    await expect(read(path)).rejects.toMatchObject({ code: 'damaged-parquet' });
  });
});

describe('what is no table', () => {
  test.each([
    ['empty-file', 'empty.csv', ''],
    ['empty-file', 'blank.csv', '\n \n'],
    ['empty-file', 'empty.csv.gz', gzipSync('')],
    ['binary-file', 'image.csv', Buffer.from([1, 2, 0, 3])],
    ['packed-file', 'book.xlsx', Buffer.from('PK\u0003\u0004rest')],
    ['packed-file', 'twice.csv.gz', gzipSync(gzipSync('a,b\n'))],
    ['not-parquet', 'text.parquet', 'a,b\n1,2\n'],
    ['not-json', 'text.json', 'a,b\n1,2\n'],
  ])('%s: %s', async (code, name, content) => {
    const reading = read(await write(name, content));
    await expect(reading).rejects.toBeInstanceOf(UnreadableFileError);
    await expect(reading).rejects.toMatchObject({ code });
  });

  it('a missing file, and a folder', async () => {
    await expect(read(join(folder, 'nowhere.csv'))).rejects.toMatchObject({ code: 'no-such-file' });
    await expect(read(folder)).rejects.toMatchObject({ code: 'not-readable' });
  });

  it('a truncated gzip yields the whole rows before the cut, then fails', async () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => `${index},${(index * 7919) % 100_003}`);
    const whole = gzipSync(`x,y\n${lines.join('\n')}\n`);
    const path = await write('cut.csv.gz', whole.subarray(0, Math.floor(whole.length * 0.7)));
    const table = await openTable(path, { fields: null, signal });
    const cells: string[] = [];
    const reading = async () => {
      for await (const row of table.rows) if (row.kind === 'row') cells.push(row.cells.join(','));
    };
    await expect(reading()).rejects.toMatchObject({ code: 'damaged-gzip' });
    expect(cells.length).toBeGreaterThan(100_000);
    expect(cells).toEqual(lines.slice(0, cells.length));
  });

  it('a gzip with damaged bytes fails', async () => {
    const whole = gzipSync(
      `x\n${Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 100_003).join('\n')}`,
    );
    const middle = Math.floor(whole.length / 2);
    whole.fill(0xff, middle, middle + 64);
    await expect(read(await write('rotten.csv.gz', whole))).rejects.toMatchObject({ code: 'damaged-gzip' });
  });
});
