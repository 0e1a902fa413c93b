import type { Change } from '../../domain/levers/proposal.ts';
import type { ChangeFile } from '../results/levers.ts';
import { type ChangeContext, fileName, kubernetesName } from './change-names.ts';

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

const MICROS_PER_MS = 1_000;

/** The settings of Triton's dynamic batcher, and the replicas that it then needs. */
export function dynamicBatching(change: Of<'dynamic-batching'>, context: ChangeContext): ChangeFile[] {
  const { maxBatch, queueDelayMs } = change;
  return [
    {
      file: `${fileName(context)}.config.pbtxt`,
      comment:
        'For Triton: put these into the config.pbtxt of the model and reload it. The first dimension of its inputs has to be the batch; where it is not, export the model again with one.',
      document: {
        max_batch_size: maxBatch,
        dynamic_batching: {
          preferred_batch_size: [maxBatch],
          max_queue_delay_microseconds: Math.round(queueDelayMs * MICROS_PER_MS),
        },
      },
    },
    replicasFile(change, context),
  ];
}

/** Flags of vLLM as its configuration file has them, and the replicas that it then needs. */
export function continuousBatching(change: Of<'continuous-batching'>, context: ChangeContext): ChangeFile[] {
  const file = `${fileName(context)}.vllm.yaml`;
  return [
    {
      file,
      comment: `For vLLM: vllm serve --config ${file}, or --max-num-seqs ${change.maxSequences} --enable-chunked-prefill on the command line. Other servers: SGLang --max-running-requests, TGI --max-batch-size.`,
      document: { 'max-num-seqs': change.maxSequences, 'enable-chunked-prefill': true },
    },
    replicasFile(change, context),
  ];
}

function replicasFile(
  { workloadId, replicas }: Of<'dynamic-batching' | 'continuous-batching'>,
  context: ChangeContext,
): ChangeFile {
  const { namespace, name } = kubernetesName(workloadId, context.target);
  const file = `${fileName(context)}.replicas.yaml`;
  return {
    file,
    comment: `After the other file, a patch: kubectl -n ${namespace} patch deployment ${name} --patch-file ${file}. Watch its 99th percentile for a busy day before you go on; with an autoscaler this is its upper bound.`,
    document: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: { replicas },
    },
  };
}
