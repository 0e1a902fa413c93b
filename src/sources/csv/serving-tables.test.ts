import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { RevenueFact, ScoreFact } from '../../domain/facts/facts.ts';
import type { FileReadOptions, FileSource } from '../../ports/source.ts';
import { createRevenueSource } from './revenue-source.ts';
import { createScoresSource } from './scores-source.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-serving-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(source: FileSource, text: string, name: string, given: Partial<FileReadOptions> = {}) {
  const path = join(folder, name);
  await writeFile(path, text);
  const reading = source.read(path, {
    map: {},
    set: {},
    fields: null,
    currency: 'USD',
    rates: { EUR: '1.08' },
    nowMs: Date.UTC(2026, 10),
    signal: new AbortController().signal,
    ...given,
  });
  const scores: ScoreFact[] = [];
  const revenues: RevenueFact[] = [];
  for await (const batch of reading.batches) {
    scores.push(...(batch.scores ?? []));
    revenues.push(...(batch.revenues ?? []));
  }
  return { scores, revenues, ...reading.summary };
}

const scores = createScoresSource();
const revenue = createRevenueSource();

describe('scores', () => {
  const HEADER = 'time,name,value,endpoint,promptVersion,request,by\n';

  it('are read with what they judge, and the same row twice is two of them', async () => {
    const row = '2026-10-14T09:00:00Z,helpfulness,0.8,chat,2,,llm_judge\n';
    const found = await read(
      scores,
      `${HEADER}${row}${row}1760432400,hallucination,pass,,,otlp:a:b,human\n`,
      's.csv',
    );
    expect(found.rejects).toEqual([]);
    expect(found.scores[0]).toMatchObject({
      name: 'helpfulness',
      value: 0.8,
      atMs: Date.UTC(2026, 9, 14, 9),
      endpoint: 'chat',
      model: null,
      promptVersion: '2',
      by: 'llm_judge',
    });
    expect(found.scores[2]).toMatchObject({ value: 1, requestId: 'otlp:a:b', atMs: 1_760_432_400_000 });
    expect(new Set(found.scores.map(({ scoreId }) => scoreId)).size).toBe(3);
    const again = await read(scores, `${HEADER}${row}${row}`, 't.csv');
    expect(again.scores).toEqual(found.scores.slice(0, 2));
    expect(found.totals).toEqual({ scores: 3, names: 2 });
  });

  it('are read from JSON in names of others', async () => {
    const found = await read(
      scores,
      JSON.stringify([{ metric: 'tone', score: -2, ts: '2026-10-14T09:00:00Z', id: 7, llm: 'gpt' }]),
      's.json',
      { map: { name: 'metric', value: 'score', time: 'ts', model: 'llm' } },
    );
    expect(found.scores).toEqual([
      expect.objectContaining({ scoreId: 'scores:7', name: 'tone', value: -2, model: 'gpt' }),
    ]);
  });

  test.each([
    { row: '2026-10-14T09:00:00Z,tone,good,chat,,,', where: ':2:value', code: 'bad-number' },
    { row: '2026-10-14T09:00:00Z,tone,,chat,,,', where: ':2:value', code: 'missing-value' },
    { row: '2026-10-14T09:00:00Z,tone,1,,,,', where: ':2:endpoint', code: 'judges-nothing' },
    { row: 'soon,tone,1,chat,,,', where: ':2:time', code: 'bad-time' },
  ])('$row is refused: $code', async ({ row, where, code }) => {
    const found = await read(scores, `${HEADER}${row}\n2026-10-14T09:00:00Z,ok,1,chat,,,\n`, 'bad.csv');
    expect(found.rejects).toEqual([
      expect.objectContaining({ where: expect.stringContaining(where) as string, code }),
    ]);
    expect(found.scores).toHaveLength(1);
  });
});

describe('revenue', () => {
  it('is exact, from a day on, in any stated currency', async () => {
    const found = await read(
      revenue,
      'endpoint,model,per1kRequests,from,currency\nchat,,0.90,2026-10-01,\nchat,big,1.5,,EUR\n',
      'r.csv',
    );
    expect(found.revenues).toEqual([
      { endpoint: 'chat', model: null, fromMs: Date.UTC(2026, 9), per1kRequestsPicos: 900_000_000_000n },
      { endpoint: 'chat', model: 'big', fromMs: 0, per1kRequestsPicos: 1_620_000_000_000n },
    ]);
    expect(found.totals).toEqual({ revenues: 2, endpoints: 1 });
  });

  test.each([
    { row: 'chat,"0,9",', where: ':2:per1kRequests', code: 'bad-number' },
    { row: ',1,', where: ':2:endpoint', code: 'missing-value' },
    { row: 'chat,1,GBP', where: ':2:currency', code: 'unknown-currency' },
  ])('$row is refused: $code', async ({ row, where, code }) => {
    const found = await read(revenue, `endpoint,per1kRequests,currency\n${row}\n`, 'bad.csv');
    expect(found.rejects).toEqual([
      expect.objectContaining({ where: expect.stringContaining(where) as string, code }),
    ]);
    expect(found.revenues).toEqual([]);
  });
});
