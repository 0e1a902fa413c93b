import { describe, expect, it, test } from 'vitest';
import { createHardwareCatalog } from './create-hardware-catalog.ts';

const catalog = createHardwareCatalog();

describe('GPU names, as drivers, exporters, labels, schedulers and bills spell them', () => {
  test.each([
    // nvidia-smi and DCGM
    ['NVIDIA H100 80GB HBM3', 'H100-SXM5-80GB'],
    ['NVIDIA H100 PCIe', 'H100-PCIE-80GB'],
    ['NVIDIA H100 NVL', 'H100-NVL-94GB'],
    ['NVIDIA H200', 'H200-SXM-141GB'],
    ['NVIDIA H200 NVL', 'H200-NVL-141GB'],
    ['NVIDIA H800', 'H800-SXM5-80GB'],
    ['NVIDIA H800 PCIe', 'H800-PCIE-80GB'],
    ['NVIDIA H20', 'H20-96GB'],
    ['NVIDIA GH200 480GB', 'GH200-96GB'],
    ['NVIDIA GH200 144G HBM3e', 'GH200-144GB'],
    ['NVIDIA B200', 'B200-SXM-180GB'],
    ['NVIDIA GB200', 'GB200-186GB'],
    ['NVIDIA B300 SXM6 AC', 'B300-SXM-288GB'],
    ['NVIDIA B300', 'B300-SXM-288GB'],
    ['NVIDIA GB300', 'GB300-288GB'],
    ['NVIDIA A100-SXM4-40GB', 'A100-SXM4-40GB'],
    ['NVIDIA A100-SXM4-80GB', 'A100-SXM4-80GB'],
    ['NVIDIA A100-PCIE-40GB', 'A100-PCIE-40GB'],
    ['NVIDIA A100 80GB PCIe', 'A100-PCIE-80GB'],
    ['A100-SXM-80GB', 'A100-SXM4-80GB'],
    ['NVIDIA A800-SXM4-80GB', 'A800-SXM4-80GB'],
    ['NVIDIA A800 80GB PCIe', 'A800-PCIE-80GB'],
    ['NVIDIA A30', 'A30-24GB'],
    ['NVIDIA A40', 'A40-48GB'],
    ['NVIDIA A10', 'A10-24GB'],
    ['NVIDIA A10G', 'A10G-24GB'],
    ['NVIDIA A16', 'A16-16GB'],
    ['NVIDIA A2', 'A2-16GB'],
    ['NVIDIA L4', 'L4-24GB'],
    ['NVIDIA L40', 'L40-48GB'],
    ['NVIDIA L40S', 'L40S-48GB'],
    ['NVIDIA L20', 'L20-48GB'],
    ['Tesla T4', 'T4-16GB'],
    ['Tesla V100-SXM2-16GB', 'V100-SXM2-16GB'],
    ['Tesla V100-SXM2-32GB', 'V100-SXM2-32GB'],
    ['Tesla V100-PCIE-16GB', 'V100-PCIE-16GB'],
    ['Tesla V100S-PCIE-32GB', 'V100S-PCIE-32GB'],
    ['Tesla P100-PCIE-16GB', 'P100-PCIE-16GB'],
    ['Tesla P100-SXM2-16GB', 'P100-SXM2-16GB'],
    ['Tesla K80', 'K80-12GB'],
    ['NVIDIA RTX A6000', 'RTX-A6000-48GB'],
    ['NVIDIA RTX 6000 Ada Generation', 'RTX-6000-Ada-48GB'],
    ['Quadro RTX 6000', 'Quadro-RTX-6000-24GB'],
    ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'RTX-PRO-6000-Blackwell-Server-96GB'],
    ['NVIDIA RTX PRO 6000 Blackwell Workstation Edition', 'RTX-PRO-6000-Blackwell-Workstation-96GB'],
    ['NVIDIA GeForce RTX 2080 SUPER', 'RTX-2080-SUPER-8GB'],
    ['NVIDIA GeForce RTX 2080', 'RTX-2080-8GB'],
    ['GeForce RTX 2080 Ti', 'RTX-2080-Ti-11GB'],
    ['NVIDIA GeForce RTX 3090', 'RTX-3090-24GB'],
    ['NVIDIA GeForce RTX 4070 Ti SUPER', 'RTX-4070-Ti-SUPER-16GB'],
    ['NVIDIA GeForce RTX 4090', 'RTX-4090-24GB'],
    ['NVIDIA GeForce RTX 5090', 'RTX-5090-32GB'],
    ['NVIDIA TITAN V', 'TITAN-V-12GB'],
    ['AMD Instinct MI300X OAM', 'MI300X-192GB'],
    ['AMD Instinct MI250X', 'MI250X-128GB'],
    ['AMD Instinct MI325X', 'MI325X-256GB'],
    ['AMD Instinct MI355X', 'MI355X-288GB'],
    ['Gaudi2', 'Gaudi-2-96GB'],
    // GPU feature discovery, with slices and sharing
    ['NVIDIA-H100-80GB-HBM3', 'H100-SXM5-80GB'],
    ['NVIDIA-H100-80GB-HBM3-MIG-1g.10gb', 'H100-SXM5-80GB'],
    ['NVIDIA-H100-80GB-HBM3-SHARED', 'H100-SXM5-80GB'],
    ['NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 'A100-SXM4-40GB'],
    ['NVIDIA-A100-SXM4-80GB-MIG-1g.10gb-SHARED', 'A100-SXM4-80GB'],
    ['NVIDIA A100-SXM4-40GB MIG 1g.5gb', 'A100-SXM4-40GB'],
    ['Tesla-T4-SHARED', 'T4-16GB'],
    ['Tesla-V100-SXM2-16GB', 'V100-SXM2-16GB'],
    ['NVIDIA-A10G', 'A10G-24GB'],
    ['NVIDIA-L40S-SHARED', 'L40S-48GB'],
    // cloud labels and accelerator types
    ['nvidia-h100-80gb', 'H100-SXM5-80GB'],
    ['nvidia-h100-mega-80gb', 'H100-SXM5-80GB'],
    ['nvidia-h200-141gb', 'H200-SXM-141GB'],
    ['nvidia-tesla-a100', 'A100-SXM4-40GB'],
    ['nvidia-a100-80gb', 'A100-SXM4-80GB'],
    ['nvidia-tesla-v100', 'V100-SXM2-16GB'],
    ['nvidia-tesla-t4', 'T4-16GB'],
    ['nvidia-l4', 'L4-24GB'],
    ['nvidia-l4-vws', 'L4-24GB'],
    ['nvidia-b200', 'B200-SXM-180GB'],
    ['nvidia-gb200', 'GB200-186GB'],
    ['nvidia-rtx-pro-6000', 'RTX-PRO-6000-Blackwell-Server-96GB'],
    // Slurm and short names
    ['a100', 'A100-SXM4-40GB'],
    ['A100-80GB', 'A100-SXM4-80GB'],
    ['A100 PCIe', 'A100-PCIE-40GB'],
    ['a100_3g.20gb', 'A100-SXM4-40GB'],
    ['nvidia_h100_80gb_hbm3', 'H100-SXM5-80GB'],
    ['h100', 'H100-SXM5-80GB'],
    ['H100 SXM5', 'H100-SXM5-80GB'],
    ['h100sxm', 'H100-SXM5-80GB'],
    ['H100-80GB-SXM5', 'H100-SXM5-80GB'],
    ['v100', 'V100-SXM2-16GB'],
    ['V100-32GB', 'V100-SXM2-32GB'],
    ['rtx_2080_ti', 'RTX-2080-Ti-11GB'],
    ['rtx4090', 'RTX-4090-24GB'],
    ['A6000', 'RTX-A6000-48GB'],
    ['mi300x', 'MI300X-192GB'],
    ['B200 180 GB', 'B200-SXM-180GB'],
    ['GH200_96GB', 'GH200-96GB'],
    // nobody knows these
    ['NVIDIA A100 64GB', undefined],
    ['NVIDIA GeForce RTX 4090 Laptop GPU', undefined],
    ['Radeon Pro V520', undefined],
    ['NVIDIA', undefined],
    ['', undefined],
  ])('%s → %s', (reported, model) => {
    expect(catalog.gpuModel(reported)).toBe(model);
  });

  it('knows every model by its own name, however it is written', () => {
    for (const { model } of catalog.gpus()) {
      expect(catalog.gpuModel(model)).toBe(model);
      expect(catalog.gpuModel(model.toLowerCase().replaceAll('-', '_'))).toBe(model);
      expect(catalog.gpuModel(`NVIDIA ${model.replaceAll('-', ' ')}`)).toBe(model);
    }
  });
});

describe('specifications', () => {
  it('gives a GPU by its name in the catalogue', () => {
    expect(catalog.gpu('H100-SXM5-80GB')).toMatchObject({ memoryGib: 80, powerWatts: 700, migSlices: 7 });
    expect(catalog.gpu('h100')).toBeUndefined();
  });

  it('has room for the slices of each MIG profile', () => {
    for (const { model, migSlices, migProfiles, memoryGib } of catalog.gpus()) {
      for (const { slices, maxInstances, memoryGib: memory, profile } of migProfiles) {
        expect(slices * maxInstances, `${model} ${profile}`).toBeLessThanOrEqual(migSlices!);
        expect(memory, `${model} ${profile}`).toBeLessThanOrEqual(memoryGib + 1);
      }
    }
  });
});

describe('machines', () => {
  test.each([
    ['p4d.24xlarge', { provider: 'aws', gpuModel: 'A100-SXM4-40GB', gpuCount: 8 }],
    ['P5.48XLARGE', { provider: 'aws', gpuModel: 'H100-SXM5-80GB', gpuCount: 8 }],
    ['standard_nd96isr_h100_v5', { provider: 'azure', gpuModel: 'H100-SXM5-80GB', gpuCount: 8 }],
    ['Standard_NV6ads_A10_v5', { provider: 'azure', gpuModel: 'A10-24GB', gpuCount: 1 / 6 }],
    ['a3-highgpu-8g', { provider: 'gcp', gpuModel: 'H100-SXM5-80GB', gpuCount: 8 }],
    ['BM.GPU.H100.8', { provider: 'oci', gpuModel: 'H100-SXM5-80GB', gpuCount: 8 }],
  ])('%s', (instanceType, shape) => {
    expect(catalog.instance(instanceType)).toMatchObject(shape);
  });

  it('knows no machine without GPUs', () => {
    expect(catalog.instance('m7i.large')).toBeUndefined();
  });
});
