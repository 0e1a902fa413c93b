/** `tare simulate commitment`. Savings are shares of what the demand would cost on demand, in percent. */
export type CommitmentSimulation = Readonly<{
  /** Units to commit to, on top of what is committed already. */
  level: number;
  rate: number;
  trainHours: number;
  /** Hours that followed, on which the level is judged; 0 where the training took all. */
  testHours: number;
  /** Hours between the first and the last that no row tells of. They are left out, not taken as zero. */
  missingHours: number;
  growthPercentPerMonth: number;
  /** In sample: on the demand that the level was chosen for. */
  claimedSavingsPercent: number | null;
  /** Of weeks within it, from the tenth to the ninetieth percentile. */
  claimedRangePercent: Readonly<{ low: number | null; high: number | null }>;
  /** Of the same level, on the hours that followed. */
  realisedSavingsPercent: number | null;
  /** Of the best level for the hours that followed. */
  oracleSavingsPercent: number | null;
  oracleLevel: number | null;
  /** Oracle − realised. */
  regretPercent: number | null;
  risk: Readonly<{
    hoursBelowLevelPercent: number;
    weeksAtALossPercent: number | null;
    /** Use below which the commitment costs more than on-demand. */
    breakEvenUsePercent: number;
    trainUsePercent: number | null;
    testUsePercent: number | null;
    /** In the hours that followed: in how many a part stood idle, and how much of what the level costs bought nothing. */
    testHoursBelowLevelPercent: number | null;
    testUnusedPercent: number | null;
  }>;
  /** What is committed already: units in the first hour that followed, their use and the demand they cover in training. */
  existing: Readonly<{ units: number; usePercent: number | null; coveragePercent: number | null }>;
  /** By term, where several were offered. */
  stack: readonly Readonly<{ term: string; rate: number; units: number }>[];
  /** Estimates to cents, for 730 hours; `null` without a price. */
  monthlySaving: Readonly<{ claimed: string | null; realised: string | null }> | null;
}>;
