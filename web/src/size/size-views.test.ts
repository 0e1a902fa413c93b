import { describe, expect, it, test } from 'vitest';
import type { SizeReport } from '../../../src/app/results/size.ts';
import {
  fractionText,
  readSizeState,
  SIZE_START,
  sizeCommand,
  sizePath,
  sizeProblems,
  writeSizeState,
} from './size-state.ts';
import { priceText, sizeCsv, sizeSentence, viewSizeCards, viewSizeLevers } from './size-views.ts';

const REPORT: SizeReport = {
  gpus: 8,
  gpuModel: 'H100',
  lifecycle: 'on_demand',
  utilization: 0.41,
  hoursPerMonth: 730,
  currency: 'USD',
  price: { perGpuHour: '2.50', kind: 'stated', listed: null },
  hourlyCost: '20.00',
  monthlyCost: '14600.00',
  monthlyUsefulCost: '5986.00',
  monthlyIdleCost: '8614.00',
  idlePercent: 59,
  costPerUsefulGpuHour: '6.097560975609',
  levers: [
    {
      lever: 'fewer-gpus',
      gpus: 5,
      perGpuHour: '2.50',
      monthlyCost: '9125.00',
      monthlySaving: '5475.00',
      assumption: 'the same work on 5 GPUs',
    },
    {
      lever: 'spot',
      gpus: 8,
      perGpuHour: '1.00',
      monthlyCost: '5840.00',
      monthlySaving: '8760.00',
      assumption: 'it can be interrupted',
    },
  ],
};

describe('the address', () => {
  test.each(['', '?gpus=12&model=A100&utilization=35.5', '?price=2.50&lifecycle=spot', '?target=90'])(
    '%s is read and written back',
    (search) => expect(writeSizeState(readSizeState(search))).toBe(search),
  );

  test.each([
    ['41', '0.41'],
    ['35.5', '0.355'],
    ['100', '1'],
    ['0', '0'],
    ['7', '0.07'],
    ['0.5', '0.005'],
    ['33.333', '0.33333'],
  ])('%s percent are %s', (percent, text) => expect(fractionText(percent)).toBe(text));

  it('is what the server is asked, and what the command is', () => {
    const state = { ...SIZE_START, gpus: '12', model: 'A100 80GB', utilization: '35.5', price: '2.5' };
    expect(sizePath(state)).toBe(
      '/api/v1/size?gpus=12&utilization=0.355&hoursPerMonth=730&lifecycle=on_demand&targetUtilization=0.8&gpuModel=A100+80GB&price=2.5',
    );
    expect(sizeCommand(state)).toBe(
      "tare size --gpus 12 --utilization 0.355 --gpu-model 'A100 80GB' --price 2.5",
    );
  });

  test.each([
    [{ gpus: '0' }, 'gpus'],
    [{ gpus: '1.5' }, 'gpus'],
    [{ utilization: '101' }, 'utilization'],
    [{ hours: '745' }, 'hours'],
    [{ target: '0' }, 'target'],
    [{ price: 'cheap' }, 'price'],
    [{ model: '', price: '' }, 'model'],
  ])('%j is a problem of %s, and nobody is asked', (part, field) => {
    const state = { ...SIZE_START, ...part };
    expect([...sizeProblems(state).keys()]).toEqual([field]);
    expect(sizePath(state)).toBeNull();
  });
});

describe('the answer', () => {
  it('begins with the sentence of the command', () => {
    expect(sizeSentence(REPORT)).toBe(
      '8 H100 cost $14,600.00 a month ($20.00 an hour); $8,614.00 of it, 59 %, is idle.',
    );
    expect(priceText(REPORT)).toBe('At the stated price of $2.50 per GPU-hour.');
  });

  it('has the lever that saves most on a card', () => {
    expect(viewSizeCards(REPORT).map(({ value }) => value)).toEqual([
      '$14,600.00',
      '$8,614.00',
      '$6.10',
      '$8,760.00',
    ]);
    expect(viewSizeCards({ ...REPORT, levers: [], costPerUsefulGpuHour: null })[2]!.value).toBe('–');
  });

  it('draws what is left and what is saved, which is always the cost of now', () => {
    const [left, saved] = viewSizeLevers(REPORT).series.map(({ heights }) => heights as readonly number[]);
    expect(left!.map((height, index) => height + saved![index]!)).toEqual([14_600, 14_600, 14_600]);
    expect(viewSizeLevers(REPORT).summary).toContain('spot: $8,760.00 a month');
  });

  it('goes into a file with every digit', () => {
    expect(sizeCsv(REPORT).split('\r\n')[2]).toBe(
      'fewer-gpus,5,2.50,9125.00,5475.00,USD,the same work on 5 GPUs',
    );
  });
});
