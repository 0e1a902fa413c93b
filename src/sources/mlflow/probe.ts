import { OutsideFailure } from '../../ports/failures.ts';
import type { ProbeFinding } from '../../ports/source.ts';
import type { MlflowClient } from './mlflow-client.ts';
import type { MlflowExperiment } from './parse-run.ts';

type Experiments = Readonly<{
  experiments(signal: AbortSignal): Promise<ReadonlyMap<string, MlflowExperiment>>;
}>;

/** Looks whether the server answers and has experiments that the configuration wants. */
export async function probeMlflow(
  client: MlflowClient,
  wanted: Experiments,
  signal: AbortSignal,
): Promise<readonly ProbeFinding[]> {
  try {
    const found = await wanted.experiments(signal);
    const version = await client.version(signal);
    const server = version === null ? client.address : `${client.address}, MLflow ${version}`;
    if (found.size > 0) {
      const experiments = found.size === 1 ? '1 experiment' : `${found.size} experiments`;
      return [{ status: 'fine', message: `${server}: ${experiments}`, remedy: null }];
    }
    return [
      {
        status: 'look',
        message: `${server}: none of its experiments is wanted, or visible to this user`,
        remedy: 'check experiments in tare.yaml (names, with * for any part), and the rights of the user',
      },
    ];
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    return [{ status: 'failing', message: error.message, remedy: error.remedy }];
  }
}
