/** What `tare size` answers: what a fleet costs, how much of that is waste, and what could be done. Money is exact decimal text. */
export type SizeReport = Readonly<{
  gpus: number;
  /** `null` where only a price was stated. */
  gpuModel: string | null;
  lifecycle: string;
  utilization: number;
  hoursPerMonth: number;
  currency: string;
  price: SizePrice;
  hourlyCost: string;
  monthlyCost: string;
  monthlyUsefulCost: string;
  monthlyIdleCost: string;
  /** Of the monthly cost. */
  idlePercent: number;
  /** `null` when no hour is useful. */
  costPerUsefulGpuHour: string | null;
  /** Each alone, against the monthly cost; they do not add up. Estimates. */
  levers: readonly SizeLever[];
}>;

export type SizePrice = Readonly<{
  perGpuHour: string;
  kind: 'stated' | 'listed';
  /** Where a listed price stands: the middle one of all that fit. `null` when stated. */
  listed: Readonly<{
    provider: string;
    region: string;
    instanceType: string | null;
    source: string;
    /** Day of the price, and day it was last compared with its source. */
    from: string;
    checked: string;
    /** Of all list prices that fit. */
    lowest: string;
    highest: string;
    prices: number;
  }> | null;
}>;

export type SizeLever = Readonly<{
  lever: 'fewer-gpus' | 'scale-to-zero' | 'commit-1y' | 'commit-3y' | 'spot';
  /** GPUs and price per GPU-hour with the lever. */
  gpus: number;
  perGpuHour: string;
  monthlyCost: string;
  /** Never more than the monthly cost; a lever that saves nothing is not listed. */
  monthlySaving: string;
  assumption: string;
}>;
