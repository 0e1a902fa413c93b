import { describe, expect, test } from 'vitest';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import { createGpuPurchaseReader, type GpuEvidence, type GpuTextColumn } from './gpu-purchase.ts';
import { smallCatalog } from './hardware-catalog.fixture.ts';

const read = createGpuPurchaseReader(smallCatalog);
const H100 = 'H100-SXM5-80GB';

type Texts = Readonly<{
  skuPriceDetails: string | null;
  skuDetails: string | null;
  /** The usage type (or meter) and the description. */
  texts: readonly (string | null)[];
}>;
type Line = Omit<GpuEvidence, 'text'> & Texts;

/** One hour of usage that says nothing about a machine. */
const HOUR: Line = {
  chargeCategory: 'Usage',
  chargeClass: null,
  commitmentDiscountStatus: null,
  consumedQuantity: '1',
  consumedUnit: 'Hours',
  pricingQuantity: '1',
  pricingUnit: 'Hours',
  skuPriceDetails: null,
  skuDetails: null,
  serviceName: 'Amazon Elastic Compute Cloud',
  texts: [],
};

type Case = Readonly<{
  name: string;
  evidence: Partial<Line>;
  expected: Readonly<{
    instanceType: string | null;
    gpuModel: string | null;
    gpuCount: number;
    gpuHours: number;
  }>;
}>;

const P5 = { instanceType: 'p5.48xlarge', gpuModel: H100, gpuCount: 8, gpuHours: 8 };
const ND = { instanceType: 'Standard_ND96isr_H100_v5', gpuModel: H100, gpuCount: 8, gpuHours: 8 };

const BUYS_GPU_TIME: readonly Case[] = [
  {
    name: 'FOCUS 1.2: SkuPriceDetails name the machine and count its GPUs',
    evidence: { skuPriceDetails: '{"InstanceType":"p5.48xlarge","GpuCount":8}' },
    expected: P5,
  },
  {
    name: 'a machine the catalogue does not know, with a stated GpuCount and model',
    evidence: {
      skuPriceDetails: '{"InstanceType":"neo.h100.4","GpuCount":4,"x_GpuModel":"NVIDIA H100 80GB HBM3"}',
    },
    expected: { instanceType: 'neo.h100.4', gpuModel: H100, gpuCount: 4, gpuHours: 4 },
  },
  {
    name: 'a model the catalogue does not know is kept as reported',
    evidence: { skuPriceDetails: '{"GpuCount":"2","x_GpuModel":"Trainmaster 9000"}' },
    expected: { instanceType: null, gpuModel: 'Trainmaster 9000', gpuCount: 2, gpuHours: 2 },
  },
  { name: 'AWS: usage type', evidence: { texts: ['BoxUsage:p5.48xlarge'] }, expected: P5 },
  {
    name: 'AWS: usage type of another region, spot',
    evidence: { texts: ['USE2-SpotUsage:p5.48xlarge'] },
    expected: P5,
  },
  {
    name: 'AWS: unused part of a capacity reservation',
    evidence: { texts: ['UnusedBox:p5.48xlarge'] },
    expected: P5,
  },
  {
    name: 'AWS 1.0: only the description tells',
    evidence: {
      texts: [null, '$1.624 per On Demand Linux g5.4xlarge Instance Hour'],
      consumedQuantity: '0.683889000000000',
    },
    expected: { instanceType: 'g5.4xlarge', gpuModel: 'A10G-24GB', gpuCount: 1, gpuHours: 0.683889 },
  },
  {
    name: 'AWS: description that ends with the machine',
    evidence: { texts: ['Linux/UNIX Spot Instance-hour in US East, g5.4xlarge.'] },
    expected: { instanceType: 'g5.4xlarge', gpuModel: 'A10G-24GB', gpuCount: 1, gpuHours: 1 },
  },
  {
    name: 'SageMaker',
    evidence: { texts: ['USE1-Train:ml.p5.48xlarge'], serviceName: 'Amazon SageMaker' },
    expected: P5,
  },
  {
    name: 'AWS: a machine with a slice of a GPU',
    evidence: { texts: ['BoxUsage:g6f.2xlarge'] },
    expected: { instanceType: 'g6f.2xlarge', gpuModel: 'L4', gpuCount: 0.25, gpuHours: 0.25 },
  },
  {
    name: 'Azure: x_SkuDetails',
    evidence: {
      skuDetails: '{"ServiceType":"Standard_ND96isr_H100_v5","VCPUs":96}',
      consumedUnit: 'Units',
      pricingUnit: '1 Hour',
      serviceName: 'Virtual Machines',
    },
    expected: ND,
  },
  {
    name: 'Azure: meter name with blanks and without Standard',
    evidence: { texts: ['ND96isr H100 v5 Spot'], serviceName: 'Virtual Machines' },
    expected: ND,
  },
  {
    name: 'Azure: priced in blocks of hours',
    evidence: {
      texts: ['ND96isr H100 v5'],
      consumedQuantity: null,
      consumedUnit: null,
      pricingQuantity: '0.02',
      pricingUnit: '100 Hours',
    },
    expected: { ...ND, gpuHours: 16 },
  },
  {
    name: 'Google: GPUs are sold apart, by the second',
    evidence: {
      texts: ['Nvidia H100 80GB GPU running in Americas'],
      consumedQuantity: '28800',
      consumedUnit: 'seconds',
      pricingQuantity: null,
      pricingUnit: null,
    },
    expected: { instanceType: null, gpuModel: H100, gpuCount: 1, gpuHours: 8 },
  },
  {
    name: 'Google: a GPU that the catalogue does not know',
    evidence: { texts: ['Nvidia Q999 GPU attached to Spot Preemptible VMs running in Iowa'] },
    expected: { instanceType: null, gpuModel: null, gpuCount: 1, gpuHours: 1 },
  },
  {
    name: 'Google: hours are preferred to seconds',
    evidence: {
      texts: ['Nvidia L4 GPU running in Americas'],
      consumedQuantity: '5400.5',
      consumedUnit: 'seconds',
      pricingQuantity: '1.5',
      pricingUnit: 'hour',
    },
    expected: { instanceType: null, gpuModel: 'L4', gpuCount: 1, gpuHours: 1.5 },
  },
  {
    name: 'neocloud: quantity in GPU-hours',
    evidence: { texts: ['H100 SXM secure cloud'], consumedQuantity: '12.5', consumedUnit: 'GPU-Hours' },
    expected: { instanceType: null, gpuModel: H100, gpuCount: 1, gpuHours: 12.5 },
  },
  {
    name: 'neocloud: GPU-hours of a machine are not multiplied by its GPUs',
    evidence: {
      skuPriceDetails: '{"GpuCount":8}',
      texts: ['8x H100'],
      consumedQuantity: '16',
      consumedUnit: 'GPU-Hours',
    },
    expected: { instanceType: null, gpuModel: H100, gpuCount: 1, gpuHours: 16 },
  },
  {
    name: 'neocloud: N x model by the machine-hour',
    evidence: { texts: ['8x H100 SXM on demand'], consumedQuantity: '2' },
    expected: { instanceType: null, gpuModel: H100, gpuCount: 8, gpuHours: 16 },
  },
  {
    name: 'neocloud: machine type that counts',
    evidence: { texts: ['gpu_8x_h100_sxm5'] },
    expected: { instanceType: null, gpuModel: H100, gpuCount: 8, gpuHours: 8 },
  },
  {
    name: 'OCI: GPU per hour',
    evidence: { texts: ['Compute - GPU - H100'], consumedQuantity: '8', consumedUnit: 'GPU Per Hour' },
    expected: { instanceType: null, gpuModel: H100, gpuCount: 1, gpuHours: 8 },
  },
  {
    name: 'a machine whose licence is included',
    evidence: { texts: ['BoxUsage:p5.48xlarge', 'Windows (License included) p5.48xlarge hour'] },
    expected: P5,
  },
  {
    name: 'a provider that calls itself a marketplace',
    evidence: { texts: ['1x H100 SXM'], serviceName: 'GPU Marketplace' },
    expected: { instanceType: null, gpuModel: H100, gpuCount: 1, gpuHours: 1 },
  },
  {
    name: 'covered by a commitment',
    evidence: { texts: ['BoxUsage:p5.48xlarge'], commitmentDiscountStatus: 'Used' },
    expected: P5,
  },
];

const P5_TEXT = { texts: ['BoxUsage:p5.48xlarge'] };

const BUYS_NONE: readonly Readonly<{ name: string; evidence: Partial<Line> }>[] = [
  { name: 'nothing names a machine', evidence: { texts: ['EBS:VolumeUsage.gp3'] } },
  { name: 'a machine without GPUs', evidence: { texts: ['BoxUsage:m4.10xlarge'] } },
  { name: 'details that say there is no GPU', evidence: { ...P5_TEXT, skuPriceDetails: '{"GpuCount":0}' } },
  { name: 'a purchase', evidence: { ...P5_TEXT, chargeCategory: 'Purchase' } },
  { name: 'a credit', evidence: { ...P5_TEXT, chargeCategory: 'Credit' } },
  { name: 'a correction', evidence: { ...P5_TEXT, chargeClass: 'Correction' } },
  { name: 'a refund', evidence: { ...P5_TEXT, consumedQuantity: '-1', pricingQuantity: '-1' } },
  { name: 'the unused part of a commitment', evidence: { ...P5_TEXT, commitmentDiscountStatus: 'Unused' } },
  { name: 'gigabytes', evidence: { ...P5_TEXT, consumedUnit: 'GB', pricingUnit: 'GB' } },
  { name: 'a quantity nobody gave', evidence: { ...P5_TEXT, consumedQuantity: null, pricingQuantity: null } },
  { name: 'AWS: EBS throughput of the machine', evidence: { texts: ['EBSOptimized:p5.48xlarge'] } },
  { name: 'AWS: used part of a capacity reservation', evidence: { texts: ['USE1-Reservation:p5.48xlarge'] } },
  {
    name: 'AWS: EMR on top of the machine',
    evidence: { ...P5_TEXT, serviceName: 'Amazon Elastic MapReduce' },
  },
  { name: 'AWS: software of the Marketplace', evidence: { texts: ['SoftwareUsage:p5.48xlarge'] } },
  {
    name: 'Azure: licence for the machine',
    evidence: {
      skuDetails: '{"ServiceType":"Standard_ND96isr_H100_v5"}',
      serviceName: 'Virtual Machines Licenses',
    },
  },
  { name: 'Google: cores of the machine', evidence: { texts: ['A3 Instance Core running in Americas'] } },
  {
    name: 'Google: memory, where details name the machine',
    evidence: {
      texts: ['A3 Instance Ram running in Americas'],
      skuPriceDetails: '{"InstanceType":"a3-highgpu-8g"}',
    },
  },
  {
    name: 'Google: fee of a commitment',
    evidence: { texts: ['Commitment v1: Nvidia H100 80GB GPU in Americas for 1 Year'] },
  },
  { name: 'Google: vGPU licence', evidence: { texts: ['Licensing Fee for NVIDIA RTX vWS (GPU cost)'] } },
  { name: 'a model named without selling GPUs', evidence: { texts: ['H100 cluster support plan'] } },
];

function lineOf({ skuPriceDetails, skuDetails, texts, ...rest }: Line): GpuEvidence {
  const cells: Partial<Record<GpuTextColumn, string | null>> = {
    SkuPriceDetails: skuPriceDetails,
    x_SkuDetails: skuDetails,
    x_UsageType: texts[0] ?? null,
    ChargeDescription: texts[1] ?? null,
  };
  return { ...rest, text: (column) => cells[column] ?? null };
}

describe('createGpuPurchaseReader', () => {
  test.each(BUYS_GPU_TIME)('$name', ({ evidence, expected }) => {
    const purchase = read(lineOf({ ...HOUR, ...evidence }));
    expect(purchase).not.toBeNull();
    const { ticks, ...rest } = purchase!;
    expect({ ...rest, gpuHours: ticksToHours(ticks) }).toEqual(expected);
  });

  test.each(BUYS_NONE)('none: $name', ({ evidence }) => {
    expect(read(lineOf({ ...HOUR, ...evidence }))).toBeNull();
  });
});
