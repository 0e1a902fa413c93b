import type { MeasuredSpeeds } from '../../domain/levers/weigh-hardware.ts';
import { TareError } from '../errors.ts';
import type { StatedThroughput } from '../tare.ts';

/**
 * `ranker@H100-SXM5-80GB=1450`: how much work by this name a kind of GPU does in a second, in any unit of its own; 0 where it was
 * tried and does not run.
 * @throws TareError for anything else
 */
export function readThroughputs(texts: readonly string[]): StatedThroughput[] {
  return texts.map((text) => {
    const [, workload, gpu, amount] = /^(.+)@([^@=]+)=(\d+\.?\d*|\.\d+)$/.exec(text.trim()) ?? [];
    if (workload === undefined || gpu === undefined)
      throw new TareError(
        'usage',
        `"${text}" is no throughput`,
        'write workload@GPU=amount a second, such as ranker@H100-SXM5-80GB=1450; 0 where it does not run',
      );
    return { workload, gpuModel: gpu, perSecond: Number(amount) };
  });
}

export function writeThroughputs(stated: readonly StatedThroughput[]): string[] {
  return stated.map(({ workload, gpuModel, perSecond }) => `${workload}@${gpuModel}=${perSecond}`);
}

/** What the own history measured comes first; then what profiles state for both kinds. `modelOf` knows the spellings of GPUs. */
export function withStated(
  measured: MeasuredSpeeds,
  stated: readonly StatedThroughput[],
  modelOf: (spelled: string) => string | undefined,
): MeasuredSpeeds {
  const rates = new Map(
    stated.map(({ workload, gpuModel, perSecond }) => [
      JSON.stringify([workload, modelOf(gpuModel) ?? gpuModel]),
      perSecond,
    ]),
  );
  const rateOf = (workload: string, gpuModel: string) => rates.get(JSON.stringify([workload, gpuModel]));
  return {
    ratio(workload, from, to) {
      const own = measured.ratio(workload, from, to);
      if (own !== null) return own;
      const [present, other] = [rateOf(workload, from), rateOf(workload, to)];
      if (other === 0) return { ratio: 0, source: 'tried, by a profile' };
      if (present === undefined || other === undefined || present === 0) return null;
      return { ratio: other / present, source: 'by a profile' };
    },
  };
}
