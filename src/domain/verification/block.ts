/** What was measured in one block of 24 hours, or in one run. */
export type Block = Readonly<{
  /** Counted from the change: 0 is the first block after it, −1 the last one before. */
  position: number;
  value: number;
  /** How much was asked for in it: requests, GPU-hours of work. 1 where nothing was counted. */
  load: number;
  /** The variance of the value falls with it, such as the number of judgements behind a mean. 1 where blocks are alike. */
  weight: number;
}>;
