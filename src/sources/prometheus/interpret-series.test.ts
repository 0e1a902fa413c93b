import { expect, it } from 'vitest';
import { smallCatalog } from '../../../test/support/small-catalog.ts';
import { MINUTE_MS } from '../../domain/time/window.ts';
import { interpretSeries } from './interpret-series.ts';

const NINE = Date.UTC(2026, 9, 14, 9);

it('leaves the description of a job to the source that knows more of it', () => {
  const labels = { UUID: 'GPU-1', Hostname: 'n1', modelName: 'NVIDIA L4', hpc_job: '4711' };
  const series = [{ name: 'DCGM_FI_DEV_GPU_UTIL', labels, samples: [[NINE, 50] as const] }];
  const read = (areJobsDescribedElsewhere: boolean) =>
    interpretSeries(
      {
        window: { fromMs: NINE, toMs: NINE + 5 * MINUTE_MS },
        stepMs: MINUTE_MS,
        series,
        before: [],
        percentMetrics: new Set(),
      },
      {
        catalog: smallCatalog,
        provider: null,
        node: null,
        fallbackNode: 'unknown',
        areJobsDescribedElsewhere,
      },
    ).batch;
  expect(read(false).workloads.map(({ workloadId }) => workloadId)).toEqual(['job:4711']);
  expect(read(true).workloads).toEqual([]);
  expect(read(true).allocations).toEqual(read(false).allocations);
  expect(read(true).allocations[0]!.workloadId).toBe('job:4711');
});
