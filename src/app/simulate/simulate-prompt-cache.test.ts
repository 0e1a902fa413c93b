import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readModelEvidence } from '../../traces/read-model-evidence.ts';
import { readPrompts } from '../../traces/read-prompts.ts';
import { simulatePromptCache } from './simulate-prompt-cache.ts';

const SETTINGS = { map: {}, set: {}, fields: null, signal: new AbortController().signal };
const NO_TRACE = { rowsRead: 0, rowsRejected: 0, rejects: [] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-prompts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

it('counts what was sent before: blocks, tokens, whole prompts', async () => {
  const path = write(
    'prompts.jsonl',
    [
      '{"input_length": 250, "hash_ids": [1, 2, 3]}',
      '{"input_length": 250, "hash_ids": [1, 2, 3]}',
      '{"input_length": 150, "hash_ids": [1, 4]}',
      '{"input_length": 100, "hash_ids": ["x"]}',
    ].join('\n'),
  );
  const { records, rejects } = await readPrompts(path, SETTINGS);
  expect(rejects.map(({ where }) => where)).toEqual([`${path}:4:hash_ids`]);
  const result = simulatePromptCache({
    prompts: records,
    blockTokens: 100,
    endpoint: { name: 'chat', inputCostShare: 0.5, cachedPriceFactor: 0.1 },
    trace: NO_TRACE,
  });
  expect(result).toMatchObject({
    prompts: 3,
    inputTokens: 650,
    prefix: { blocks: 8, reusedBlocks: 4, reusedTokens: 350 },
    exact: { repeated: 1 },
  });
  expect(result.evidence[0]).toMatchObject({
    lever: 'cache',
    endpoint: 'chat',
    costFactor: 0.1,
    keepsAnswers: true,
  });
  expect(result.evidence[0]!.share).toBeCloseTo((350 / 650) * 0.5, 12);
});

const MOONCAKE = new URL('../../../../shared/data/mooncake/synthetic_trace.jsonl.gz', import.meta.url)
  .pathname;
it.skipIf(!existsSync(MOONCAKE))(
  'finds in a published trace what was counted before (needs ../shared/data)',
  async () => {
    const { records } = await readPrompts(MOONCAKE, SETTINGS);
    const result = simulatePromptCache({
      prompts: records,
      blockTokens: 512,
      endpoint: null,
      trace: NO_TRACE,
    });
    expect(result.prefix).toMatchObject({ blocks: 121_877, reusedBlocks: 121_877 - 43_924 });
    expect(result.inputTokens).toBe(61_194_628);
  },
);

it('reads evidence of changes to models, and names what is wrong with it', async () => {
  const path = write(
    'evidence.csv',
    [
      'lever,endpoint,share,throughputRatio,costFactor,qualityBefore,qualityAfter,tolerance,keepsAnswers,source',
      'quantise,chat,,1.6,,0.8,0.79,0.02,,load test',
      'cache,chat,0.3,,0.1,,,,yes,prompts of a week',
      'route,chat,1.3,,0.1,,,,,',
      'route,chat,0.3,,,,,,,',
      'distil,chat,,0,,,,,,',
      'distil,,,2,,,,,,',
    ].join('\n'),
  );
  const { records, rejects } = await readModelEvidence(path, SETTINGS);
  expect(records).toEqual([
    {
      lever: 'quantise',
      endpoint: 'chat',
      share: 1,
      costFactor: 1 / 1.6,
      qualityBefore: 0.8,
      qualityAfter: 0.79,
      tolerance: 0.02,
      keepsAnswers: false,
      source: 'load test',
    },
    expect.objectContaining({ lever: 'cache', share: 0.3, costFactor: 0.1, keepsAnswers: true }),
  ]);
  expect(rejects.map(({ where, code }) => [where.slice(path.length), code])).toEqual([
    [':4:share', 'out-of-range'],
    [':5:costFactor', 'missing-value'],
    [':6:throughputRatio', 'out-of-range'],
    [':7:endpoint', 'missing-value'],
  ]);
});
