/** Wall time, and what the process spent on all cores: the second says more on a machine that others use too. */
export type Measured = Readonly<{ wallMs: number; cpuMs: number }>;

export async function measured(work: () => Promise<unknown>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 };
}

/** The least of each: what the work costs when nothing disturbs it. */
export function least(rounds: readonly Measured[]): Measured {
  return {
    wallMs: Math.min(...rounds.map(({ wallMs }) => wallMs)),
    cpuMs: Math.min(...rounds.map(({ cpuMs }) => cpuMs)),
  };
}

export function seconds({ wallMs, cpuMs }: Measured): string {
  return `${(wallMs / 1000).toFixed(3).padStart(8)} s ${(cpuMs / 1000).toFixed(3).padStart(8)} s`;
}

/** `2.10 × (cpu 1.90 ×)` */
export function timesOf(measure: Measured, base: Measured): string {
  return `${(measure.wallMs / base.wallMs).toFixed(2)} × (cpu ${(measure.cpuMs / base.cpuMs).toFixed(2)} ×)`;
}
