import type { Lifecycle } from '../../domain/facts/facts.ts';

/** The GPUs of the fleet, as people call them; facts carry the catalogue's spelling. */
export const GPU = {
  h100: 'H100-SXM5-80GB',
  a100Large: 'A100-SXM4-80GB',
  a100Small: 'A100-SXM4-40GB',
  a10g: 'A10G',
  l40s: 'L40S',
  t4: 'T4',
  v100: 'V100-SXM2-16GB',
} as const;

/** How a machine is rented: what it is, and what one hour of it costs. Prices are decimal texts per machine-hour. */
export type Rental = Readonly<{
  bill: BillName;
  region: string;
  zone: string;
  instanceType: string;
  gpuModel: string;
  gpus: number;
  lifecycle: Exclude<Lifecycle, 'owned'>;
  /** The public price, which bills print as the list cost. */
  listPrice: string;
  /** What was agreed; the bill charges it within `LARGEST_BILL_DIFFERENCE_PPM`. */
  agreedPrice: string;
  /** Whether the agreed price stands in the contract file; otherwise a price book has to know the machine. */
  isInContract: boolean;
}>;

export type BillName = 'aws' | 'google' | 'northwind' | 'openai';

export type Bill = Readonly<{
  provider: string;
  account: string;
  computeService: string;
  /** Billed ÷ agreed, in parts per million: a rebate, a rounding of seconds, a spot market that moves. */
  billedPpm: number;
}>;

/** "The bills agree with the prices within 1.5 %": nothing billed for a machine is further from its agreed price. */
export const LARGEST_BILL_DIFFERENCE_PPM = 15_000;

export const BILLS: Readonly<Record<BillName, Bill>> = {
  aws: {
    provider: 'AWS',
    account: '417820935561',
    computeService: 'Amazon Elastic Compute Cloud',
    billedPpm: 986_000,
  },
  google: {
    provider: 'Google Cloud',
    account: '01A2F4-77C0DE-5B19E3',
    computeService: 'Compute Engine',
    billedPpm: 1_008_000,
  },
  northwind: {
    provider: 'Northwind GPU',
    account: 'nw-20418',
    computeService: 'GPU Servers',
    billedPpm: 1_000_000,
  },
  openai: { provider: 'OpenAI', account: 'org-tare-demo', computeService: 'API', billedPpm: 1_000_000 },
};

const P5 = {
  bill: 'aws',
  region: 'us-east-1',
  zone: 'us-east-1d',
  instanceType: 'p5.48xlarge',
  gpuModel: GPU.h100,
  gpus: 8,
  listPrice: '55.04',
} as const;

const G5 = {
  bill: 'aws',
  instanceType: 'g5.12xlarge',
  gpuModel: GPU.a10g,
  gpus: 4,
  lifecycle: 'on_demand',
  isInContract: false,
} as const;

export const RENTALS = {
  p5: { ...P5, lifecycle: 'on_demand', agreedPrice: '55.04', isInContract: false },
  p5Committed: { ...P5, lifecycle: 'committed', agreedPrice: '34.40', isInContract: true },
  p4dSpot: {
    bill: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1b',
    instanceType: 'p4d.24xlarge',
    gpuModel: GPU.a100Small,
    gpus: 8,
    lifecycle: 'spot',
    listPrice: '21.957642',
    agreedPrice: '9.80',
    isInContract: true,
  },
  g5: { ...G5, region: 'us-east-1', zone: 'us-east-1a', listPrice: '5.672', agreedPrice: '5.672' },
  g5Ireland: { ...G5, region: 'eu-west-1', zone: 'eu-west-1c', listPrice: '6.33167', agreedPrice: '6.33167' },
  t4: {
    bill: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1a',
    instanceType: 'g4dn.12xlarge',
    gpuModel: GPU.t4,
    gpus: 4,
    lifecycle: 'on_demand',
    listPrice: '3.912',
    agreedPrice: '3.912',
    isInContract: false,
  },
  v100: {
    bill: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1c',
    instanceType: 'p3.8xlarge',
    gpuModel: GPU.v100,
    gpus: 4,
    lifecycle: 'on_demand',
    listPrice: '12.24',
    agreedPrice: '12.24',
    isInContract: false,
  },
  a3: {
    bill: 'google',
    region: 'us-central1',
    zone: 'us-central1-a',
    instanceType: 'a3-highgpu-8g',
    gpuModel: GPU.h100,
    gpus: 8,
    lifecycle: 'on_demand',
    listPrice: '88.49',
    agreedPrice: '70.80',
    isInContract: true,
  },
  a2: {
    bill: 'google',
    region: 'us-central1',
    zone: 'us-central1-c',
    instanceType: 'a2-highgpu-8g',
    gpuModel: GPU.a100Small,
    gpus: 8,
    lifecycle: 'on_demand',
    listPrice: '29.38708',
    agreedPrice: '29.38708',
    isInContract: false,
  },
  /** A small cloud that no price list knows: priced by its bill, and by nothing until the bill comes. */
  northwind: {
    bill: 'northwind',
    region: 'osl-1',
    zone: 'osl-1',
    instanceType: 'nw.l40s.x4',
    gpuModel: GPU.l40s,
    gpus: 4,
    lifecycle: 'on_demand',
    listPrice: '4.60',
    agreedPrice: '4.60',
    isInContract: false,
  },
} as const satisfies Readonly<Record<string, Rental>>;

export type RentalName = keyof typeof RENTALS;
