import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { picosToNumber } from '../../domain/money/picos.ts';
import { compileCatalog } from './compile-catalog.ts';
import { createBundledPriceBook } from './create-bundled-price-book.ts';
import { createHardwareCatalog } from './create-hardware-catalog.ts';
import { readCatalog } from './read-catalog.ts';

const SHARED = join(process.cwd(), '../shared/data');

describe('the catalogue in the repository', () => {
  const files = readdirSync('catalog', { recursive: true })
    .map((name) => `catalog/${String(name)}`)
    .filter((path) => path.endsWith('.yml'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const { catalog, problems } = compileCatalog(files);

  it('has no problems', () => {
    expect(problems).toEqual([]);
  });

  it('is what ships; run `node scripts/build-catalog.mjs` when this fails', () => {
    expect(readCatalog()).toEqual(catalog);
  });

  it('says who published each figure, and when it was last looked at', () => {
    for (const { source, checked } of [...catalog.gpus, ...catalog.instances, ...catalog.prices]) {
      expect(source).not.toBe('');
      expect(checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });
});

const machineTypes = join(SHARED, 'gcp-machine-types/machinetypes.csv');

describe.skipIf(!existsSync(machineTypes))(
  'against the machine types that Google publishes (skips without ../shared/data)',
  () => {
    it('has the same cores and memory', () => {
      const published = new Map(
        readFileSync(machineTypes, 'utf8')
          .split('\n')
          .slice(1)
          .map((line) => line.split(';'))
          .map(([name, cpus, , memory]) => [name, { vcpus: Number(cpus), memoryGib: Number(memory) }]),
      );
      const ours = readCatalog().instances.filter(({ provider }) => provider === 'gcp');
      const both = ours.filter(({ instanceType }) => published.has(instanceType));
      expect(both.length).toBeGreaterThanOrEqual(32);
      for (const { instanceType, vcpus, memoryGib } of both) {
        expect({ instanceType, vcpus, memoryGib }).toEqual({ instanceType, ...published.get(instanceType) });
      }
    });
  },
);

const history = join(SHARED, 'gpu-price-history/summary');

describe.skipIf(!existsSync(history))(
  'against marketplace prices of autumn 2025 (skips without ../shared/data)',
  () => {
    const catalog = createHardwareCatalog();
    const hyperscalers = ['aws', 'azure', 'gcp', 'oci'];
    const prices = createBundledPriceBook({ catalog })
      .listPrices()
      .filter(
        ({ provider, lifecycle, currency }) =>
          !hyperscalers.includes(provider) && lifecycle === 'on_demand' && currency === 'USD',
      )
      .filter(({ from, to }) => from <= '2025-11-01' && (to === null || to > '2025-11-01'));

    it.each([
      ['H100_80GB_SXM5', 'H100-SXM5-80GB'],
      ['A100_80GB_PCIe', 'A100-PCIE-80GB'],
      ['B200_180GB', 'B200-SXM-180GB'],
      ['GH200_96GB', 'GH200-96GB'],
    ])('the median of the GPU clouds for %s is within 40 %% of the market', (file, model) => {
      const lines = gunzipSync(readFileSync(join(history, `${file}.jsonl.gz`)))
        .toString()
        .trim()
        .split('\n');
      const medians = lines.map((line) => JSON.parse(line).price_stats.median as number);
      const market = medians.reduce((sum, value) => sum + value, 0) / medians.length;

      expect(catalog.gpuModel(file)).toBe(model);
      const ours = prices
        .filter(({ gpuModel }) => gpuModel === model)
        .map(({ perGpuHourPicos }) => picosToNumber(perGpuHourPicos))
        .toSorted((a, b) => a - b);
      const median = ours[Math.floor((ours.length - 1) / 2)]!;
      expect(median / market).toBeGreaterThan(0.6);
      expect(median / market).toBeLessThan(1.4);
    });
  },
);
