/** `tare simulate serving-mix`. */
export type ServingMixSimulation = Readonly<{
  /** GPUs of each kind; kinds that are not used are 0. */
  allocation: Readonly<Record<string, number>>;
  costPerHour: string;
  /** Sizes of requests that no kind can serve, or none within the limits; left out of the mix. */
  infeasible: readonly Readonly<{
    inputTokens: number;
    outputTokens: number;
    requestsPerSecond: number;
    reason: string;
  }>[];
  /** `optimal`: proven to be the cheapest. `best-found`: time was over. `impossible`: the limits on GPUs rule every mix out. */
  status: 'optimal' | 'best-found' | 'impossible';
  /** What fleets of one kind cost for the same requests; `null` where a kind cannot serve all of them. */
  singleKind: readonly Readonly<{ gpu: string; gpus: number | null; costPerHour: string | null }>[];
  /** Against the cheapest fleet of one kind; `null` where there is none. */
  savingPercent: number | null;
  /** Where the requests go: shares of a size that add up to 1. */
  routes: readonly Readonly<{
    inputTokens: number;
    outputTokens: number;
    shares: Readonly<Record<string, number>>;
  }>[];
  slices: number;
  solver: string;
}>;
