/** What `tare prices` answers: list prices that stood on one day, cheapest GPU first. Money is an exact decimal text. */
export type PriceReport = Readonly<{
  /** The day the prices are of. */
  at: string;
  rows: readonly PriceFigures[];
}>;

export type PriceFigures = Readonly<{
  provider: string;
  /** `*`: the same in every region. */
  region: string;
  /** `null`: sold by the GPU. */
  instanceType: string | null;
  gpuModel: string;
  gpuCount: number;
  lifecycle: string;
  term: string | null;
  perGpuHour: string;
  perInstanceHour: string | null;
  currency: string;
  from: string;
  source: string;
  checked: string;
  /** `approximate` is printed with a `~`. */
  confidence: 'published' | 'approximate';
}>;
