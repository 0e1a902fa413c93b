/**
 * How often to checkpoint so that least is lost. All times in one unit, such as seconds.
 *
 * Young's first-order interval is `sqrt(2·μ·C)`, with `μ` the mean time between failures and `C` the time one checkpoint takes.
 * Daly's second-order one is `sqrt(2Cμ)·(1 + sqrt(C ÷ 2μ) ÷ 3 + (C ÷ 2μ) ÷ 9) − C` where `C < 2μ`, and `μ` otherwise. Both rest on
 * failures without memory; a machine that is taken after 24 hours at the latest is not like that.
 */
export type CheckpointTimes = Readonly<{
  checkpoint: number;
  meanTimeBetweenFailures: number;
  /** From a failure until work goes on. */
  restart: number;
}>;

export function youngInterval({ checkpoint, meanTimeBetweenFailures }: CheckpointTimes): number {
  return Math.sqrt(2 * meanTimeBetweenFailures * checkpoint);
}

export function dalyInterval({ checkpoint, meanTimeBetweenFailures }: CheckpointTimes): number {
  if (checkpoint >= 2 * meanTimeBetweenFailures) return meanTimeBetweenFailures;
  const ratio = checkpoint / (2 * meanTimeBetweenFailures);
  const first = Math.sqrt(2 * checkpoint * meanTimeBetweenFailures);
  return first * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - checkpoint;
}

/**
 * The share of paid time that makes no lasting progress at an interval: checkpoints, work since the last one, restarts. First
 * order: `C ÷ P + P ÷ 2μ + R ÷ μ`, at most 1.
 */
export function wastedFraction(times: CheckpointTimes, interval: number): number {
  const { checkpoint, meanTimeBetweenFailures, restart } = times;
  const wasted =
    checkpoint / interval + interval / (2 * meanTimeBetweenFailures) + restart / meanTimeBetweenFailures;
  return Math.min(1, wasted);
}
