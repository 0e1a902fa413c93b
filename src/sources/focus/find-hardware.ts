import type { HardwareCatalog, InstanceShape } from '../../ports/hardware-catalog.ts';

/** Longest name that is looked for: `Standard ND96isr H100 v5`, `NVIDIA H100 80GB HBM3`. */
const MAX_WORDS = 5;
const WORD = /[a-z0-9][a-z0-9._-]*/gi;

/**
 * The machine type that a text names, as the catalogue knows it: `USE2-BoxUsage:p5.48xlarge`, `$1.624 per On Demand Linux
 * g5.4xlarge Instance Hour`, `ml.p4d.24xlarge` (SageMaker), `ND96isr H100 v5` (Azure meters leave out `Standard_`).
 */
export function findInstance(text: string, catalog: HardwareCatalog): InstanceShape | undefined {
  for (const words of phrases(text)) {
    const name = words.join('_').replace(/\.$/, '');
    const found =
      catalog.instance(name) ??
      catalog.instance(name.replace(/^ml\./, '')) ??
      catalog.instance(`Standard_${name}`);
    if (found) return found;
  }
  return undefined;
}

/** The GPU model that a text names, the longest name first: `Nvidia H100 80GB GPU running in Americas`. */
export function findGpuModel(text: string, catalog: HardwareCatalog): string | undefined {
  for (const words of phrases(text.replaceAll('_', ' '))) {
    // A bare number or region (`80GB`, `us-east-1`) is no model; a letter before a digit is in every model's name.
    const phrase = words.join(' ');
    const found = /[a-z].*\d/i.test(phrase) ? catalog.gpuModel(phrase) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** `8x H100 SXM` and `gpu_8x_h100_sxm5` → 8; the size of a machine (`16xlarge`) counts nothing. */
export function findGpuCount(text: string): string | undefined {
  return (
    /(?:^|[^\w.])(\d{1,3})\s?[x×]\s?(?=[a-z])(?!large)/i.exec(text)?.[1] ??
    /\bgpu_(\d{1,3})x_/i.exec(text)?.[1]
  );
}

/** Runs of neighbouring words, the longest first. */
function* phrases(text: string): Generator<readonly string[]> {
  const words = text.match(WORD) ?? [];
  for (let length = Math.min(MAX_WORDS, words.length); length > 0; length -= 1) {
    for (let start = 0; start + length <= words.length; start += 1) yield words.slice(start, start + length);
  }
}
