/** GPUs of one type, as Slurm's accounting names it; `null` where it names none. */
export type GpuCount = Readonly<{ type: string | null; count: number }>;

const GPU = 'gres/gpu';

/**
 * The GPUs of a TRES text such as `billing=64,cpu=64,gres/gpu:a100=4,gres/gpu=4,mem=1000G,node=1`.
 *
 * Slurm writes the total and, where the types are accounted too, each type again, so the total counts and the types only divide it. What
 * the types leave open has no type. `gres/gpumem` and `gres/gpuutil` measure, and `gres/shard` counts something else.
 */
export function readGpuTres(tres: string): readonly GpuCount[] {
  let total: number | null = null;
  const typed: GpuCount[] = [];
  for (const entry of tres.split(',')) {
    const [, name = '', value = ''] = /^\s*([^=]+)=(\d+)/.exec(entry) ?? [];
    if (name.toLowerCase() === GPU) total = Number(value);
    else if (name.toLowerCase().startsWith(`${GPU}:`))
      typed.push({ type: name.slice(GPU.length + 1), count: Number(value) });
  }
  return divide(total ?? sum(typed), typed).filter(({ count }) => count > 0);
}

/** A plain count of a TRES text: `cpu`, `node`; `null` where it is not there. */
export function readTresCount(tres: string, name: string): number | null {
  for (const entry of tres.split(',')) {
    const [key = '', value = ''] = entry.split('=');
    if (key.trim().toLowerCase() === name && /^\d+$/.test(value)) return Number(value);
  }
  return null;
}

function divide(total: number, typed: readonly GpuCount[]): GpuCount[] {
  let left = total;
  const shares = typed.map(({ type, count }) => {
    const taken = Math.min(left, count);
    left -= taken;
    return { type, count: taken };
  });
  return [...shares, { type: null, count: left }];
}

function sum(counts: readonly GpuCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
