import { ON_DEMAND, type SpotPolicy } from './spot-job.ts';

/** What most teams do: never spot. */
export const onDemandOnly: SpotPolicy = () => () => ON_DEMAND;
