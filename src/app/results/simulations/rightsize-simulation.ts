/** `tare simulate rightsize`. Costs are estimates, rounded to cents once. */
export type RightsizeSimulation = Readonly<{
  /** Jobs that could be priced on every kind. */
  jobs: number;
  skipped: readonly Readonly<{ job: string; reason: string }>[];
  current: string;
  currentCost: string;
  bestCost: string;
  savingPercent: number | null;
  /** Jobs by the kind that is cheapest for them. */
  picks: Readonly<Record<string, number>>;
  currentGpuHours: number;
  bestGpuHours: number;
  /** All jobs on one kind, for each. */
  allOn: Readonly<Record<string, string>>;
  /** Picks that rest on a speed from data sheets rather than on a measurement. */
  estimatedPicks: number;
  /** Jobs that no kind finishes in time; they stay where they are. */
  late: number;
}>;

/** `tare simulate serving-configurations`. */
export type ServingConfigurationsSimulation = Readonly<{
  configurations: number;
  maxInterTokenLatencyMs: number | null;
  latency: string;
  rows: readonly ServingConfigurationFigures[];
  skipped: readonly Readonly<{ model: string; reason: string }>[];
}>;

export type ServingConfigurationFigures = Readonly<{
  model: string;
  /** The cheapest of all kinds with a price. */
  cheapest: ConfigurationFigures;
  /** The cheapest of each kind; `null` where it has none within the limit. */
  byGpu: Readonly<Record<string, ConfigurationFigures | null>>;
}>;

export type ConfigurationFigures = Readonly<{
  gpu: string;
  gpus: number;
  batch: number;
  precision: string | null;
  interTokenLatencyMs: number | null;
  tokensPerSecond: number;
  costPer1mOutputTokens: string;
}>;
