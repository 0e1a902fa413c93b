import { describe, expect, it, test } from 'vitest';
import { type CatalogFile, compileCatalog } from './compile-catalog.ts';

const gpus: CatalogFile = {
  path: 'catalog/gpus/test.yml',
  text: `defaults: { vendor: NVIDIA, migSlices: null, migProfiles: [], aliases: [], source: a datasheet, checked: 2026-01-01 }
gpus:
  - { model: X1-10GB, memoryGib: 10, powerWatts: 100, denseTflops16: null, memoryBandwidthGBs: 500 }
`,
};
const instances: CatalogFile = {
  path: 'catalog/instances/test.yml',
  text: `defaults: { provider: cloud, source: a page, checked: 2026-01-01 }
instances:
  - { instanceType: big.1, gpuModel: X1-10GB, gpuCount: 8 }
  - { instanceType: small.1, gpuModel: X1-10GB, gpuCount: 1/8 }
`,
};
const priceDefaults = `defaults: { provider: cloud, region: "*", lifecycle: on_demand, unit: instance-hour, currency: USD,
  source: a page, checked: 2026-01-01, confidence: published }
prices:`;
const prices = (...rows: readonly string[]): CatalogFile => ({
  path: 'catalog/prices/test.yml',
  text: [priceDefaults, ...rows.map((row) => `  - ${row}`)].join('\n'),
});

const problemsOf = (...files: readonly CatalogFile[]) => compileCatalog([gpus, instances, ...files]).problems;

describe('good rows', () => {
  it('takes what is missing from the defaults, and counts slices', () => {
    const { catalog, problems } = compileCatalog([
      gpus,
      instances,
      prices('{ instanceType: big.1, from: 2025-01-01, amount: "8.00" }'),
    ]);
    expect(problems).toEqual([]);
    expect(catalog.instances.map(({ gpuCount }) => gpuCount)).toEqual([8, 0.125]);
    expect(catalog.prices[0]).toMatchObject({
      provider: 'cloud',
      region: '*',
      amount: '8.00',
      term: null,
      to: null,
    });
  });

  it('ends a price where the next one of its key begins, and leaves its neighbours alone', () => {
    const { catalog, problems } = compileCatalog([
      gpus,
      instances,
      prices(
        '{ instanceType: big.1, from: 2025-06-01, amount: "6.00" }',
        '{ instanceType: big.1, from: 2025-01-01, amount: "8.00" }',
        '{ instanceType: big.1, region: north, from: 2025-03-01, amount: "9.00" }',
      ),
    ]);
    expect(problems).toEqual([]);
    expect(catalog.prices.map(({ from, to }) => ({ from, to }))).toEqual([
      { from: '2025-06-01', to: null },
      { from: '2025-01-01', to: '2025-06-01' },
      { from: '2025-03-01', to: null },
    ]);
  });
});

describe('bad rows name the file, the line and the field', () => {
  test.each([
    {
      name: 'a price that is a number',
      rows: ['{ instanceType: big.1, from: 2025-01-01, amount: 8.00 }'],
      problem: 'catalog/prices/test.yml:4:amount: 8 is not in quotes; write prices as text, such as "98.32"',
    },
    {
      name: 'a decimal comma',
      rows: ['{ instanceType: big.1, from: 2025-01-01, amount: "8,00" }'],
      problem:
        'catalog/prices/test.yml:4:amount: "8,00" is no price; write digits and a point, above zero, up to twelve decimals, such as "98.32"',
    },
    {
      name: 'a day that does not exist',
      rows: ['{ instanceType: big.1, from: 2025-02-30, amount: "8.00" }'],
      problem:
        'catalog/prices/test.yml:4:from: "2025-02-30" is no day; write one that exists, such as 2025-06-01',
    },
    {
      name: 'a field that is missing',
      rows: ['{ instanceType: big.1, amount: "8.00" }'],
      problem: 'catalog/prices/test.yml:4:from: is missing',
    },
    {
      name: 'a field that nobody knows',
      rows: ['{ instanceType: big.1, from: 2025-01-01, amount: "8.00", discount: "0.1" }'],
      problem: 'catalog/prices/test.yml:4: unknown field discount',
    },
    {
      name: 'a machine that has no shape',
      rows: ['{ instanceType: huge.1, from: 2025-01-01, amount: "8.00" }'],
      problem:
        'catalog/prices/test.yml:4:instanceType: cloud has no huge.1 in catalog/instances; add its shape',
    },
    {
      name: 'a GPU that is not in the catalogue',
      rows: ['{ gpuModel: X9, unit: gpu-hour, from: 2025-01-01, amount: "8.00" }'],
      problem: 'catalog/prices/test.yml:4:gpuModel: no GPU in catalog/gpus is called X9',
    },
    {
      name: 'a machine sold by the GPU',
      rows: ['{ instanceType: big.1, unit: gpu-hour, from: 2025-01-01, amount: "8.00" }'],
      problem:
        'catalog/prices/test.yml:4:unit: an instance-hour names an instanceType, a gpu-hour a gpuModel, and not the other',
    },
    {
      name: 'a commitment without a term',
      rows: ['{ instanceType: big.1, lifecycle: committed, from: 2025-01-01, amount: "8.00" }'],
      problem: 'catalog/prices/test.yml:4:term: a committed price has a term of 1y or 3y, others have none',
    },
    {
      name: 'the same price twice',
      rows: [
        '{ instanceType: big.1, from: 2025-01-01, amount: "8.00" }',
        '{ instanceType: big.1, from: 2025-01-01, amount: "9.00" }',
      ],
      problem: 'catalog/prices/test.yml:5:from: stands already at catalog/prices/test.yml:4',
    },
    {
      name: 'a price that reaches into the next one',
      rows: [
        '{ instanceType: big.1, from: 2025-01-01, to: 2025-07-01, amount: "8.00" }',
        '{ instanceType: big.1, from: 2025-06-01, amount: "9.00" }',
      ],
      problem: 'catalog/prices/test.yml:4:to: 2025-07-01 overlaps the price from 2025-06-01',
    },
    {
      name: 'a price that ends before it begins',
      rows: ['{ instanceType: big.1, from: 2025-01-01, to: 2024-01-01, amount: "8.00" }'],
      problem: 'catalog/prices/test.yml:4:to: 2024-01-01 is not after 2025-01-01',
    },
  ])('$name', ({ rows, problem }) => {
    expect(problemsOf(prices(...rows))).toEqual([problem]);
  });

  it('refuses two spellings that mean the same', () => {
    const twin = { path: 'catalog/gpus/twin.yml', text: gpus.text.replace('X1-10GB', 'x1_10gb') };
    expect(problemsOf(twin)).toEqual([
      'catalog/gpus/twin.yml:3:aliases: stands already at catalog/gpus/test.yml:3',
    ]);
  });

  it('refuses a MIG profile whose name and figures differ', () => {
    const sliced = {
      path: 'catalog/gpus/sliced.yml',
      text: gpus.text
        .replace('X1-10GB', 'X2-10GB')
        .replace(
          'migSlices: null, migProfiles: []',
          'migSlices: 2, migProfiles: [{ profile: 1g.5gb, slices: 2, memoryGib: 5, maxInstances: 1 }]',
        ),
    };
    expect(problemsOf(sliced)).toEqual([
      'catalog/gpus/sliced.yml:3:migProfiles: 1g.5gb does not say 2 slices and 5 GB',
    ]);
  });

  it('says where YAML is broken, and goes on with the other files', () => {
    const broken = { path: 'catalog/prices/broken.yml', text: 'prices:\n  - { a: 1\n' };
    const problems = problemsOf(broken, prices('{ instanceType: big.1, amount: "8.00" }'));
    expect(problems[0]).toMatch(/^catalog\/prices\/broken\.yml:\d+: /);
    expect(problems).toContain('catalog/prices/test.yml:4:from: is missing');
  });
});
