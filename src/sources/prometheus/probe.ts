import { type EpochMs, HOUR_MS } from '../../domain/time/window.ts';
import { OutsideFailure } from '../../ports/failures.ts';
import type { ProbeFinding } from '../../ports/source.ts';
import { GPU_METRIC_PATTERN, gpuMetric, type Quantity } from './gpu-metrics.ts';
import type { PrometheusClient } from './prometheus-client.ts';

/** Looks whether the server answers and has, in the last hour, what the ledger needs; each gap comes with its remedy. */
export async function probePrometheus(
  client: PrometheusClient,
  extraMatchers: string,
  nowMs: EpochMs,
  signal: AbortSignal,
): Promise<readonly ProbeFinding[]> {
  const reached = await reach(client, signal);
  if (reached.status === 'failing') return [reached];
  const extra = extraMatchers === '' ? '' : `,${extraMatchers}`;
  const count = async (selector: string) => {
    const query = `count(last_over_time(${selector.replace('}', `${extra}}`)}[10m]))`;
    const { series } = await client.query(query, nowMs, signal);
    return series[0]?.samples.at(-1)?.[1] ?? 0;
  };
  // Without an allow-list these series have no `label_…` at all, or do not exist.
  const hasLabels = async (metric: string) => {
    const selector = `${metric}{${extraMatchers}}`;
    const { series } = await client.query(`topk(20, last_over_time(${selector}[10m]))`, nowMs, signal);
    return series.some(({ labels }) => Object.keys(labels).some((name) => name.startsWith('label_')));
  };
  const range = { firstMs: nowMs - HOUR_MS, lastMs: nowMs, stepMs: HOUR_MS };
  const names = await client.labelValues(
    '__name__',
    `{__name__=~"${GPU_METRIC_PATTERN}"${extra}}`,
    range,
    signal,
  );
  return [
    reached,
    ...measures(names),
    await exportedLabels(names, count),
    ...(await kubeState(count, hasLabels)),
  ];
}

type Count = (selector: string) => Promise<number>;

async function reach(client: PrometheusClient, signal: AbortSignal): Promise<ProbeFinding> {
  try {
    const version = await client.version(signal);
    return fine(`${client.address} answers${version === null ? '' : ` (version ${version})`}`);
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    // Thanos and Mimir do not tell a version everywhere, and answer queries all the same.
    if (error.code === 'answer-unexpected') return reachByQuery(client, signal);
    return { status: 'failing', message: error.message, remedy: error.remedy };
  }
}

async function reachByQuery(client: PrometheusClient, signal: AbortSignal): Promise<ProbeFinding> {
  try {
    await client.query('vector(1)', 0, signal);
    return fine(`${client.address} answers queries`);
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    return { status: 'failing', message: error.message, remedy: error.remedy };
  }
}

function measures(names: readonly string[]): ProbeFinding[] {
  const found = new Set(names.map((name) => gpuMetric(name)?.quantity));
  const has = (quantity: Quantity) => found.has(quantity);
  if (!has('gpuUtil') && !has('engineActive') && !has('smActive')) {
    return [
      failing(
        'no GPU series in the last hour',
        'run dcgm-exporter (or the AMD device-metrics-exporter) on every GPU node and let Prometheus scrape it',
      ),
    ];
  }
  const memory = has('memoryUsedMib')
    ? []
    : [
        look(
          'no GPU memory in use',
          'switch on DCGM_FI_DEV_FB_USED: it unmasks devices that contradict themselves',
        ),
      ];
  if (has('smActive')) return [fine('GPU series with SM active: underuse is measured'), ...memory];
  const remedy = 'add DCGM_FI_PROF_SM_ACTIVE to the counters of dcgm-exporter (off by default)';
  if (has('engineActive'))
    return [look('GPU series with engine active and no SM active: underuse stays unseen', remedy), ...memory];
  return [
    look(
      'GPU series with GPU_UTIL alone: it only says that some kernel ran, and is unknown under MIG',
      remedy,
    ),
    ...memory,
  ];
}

async function exportedLabels(names: readonly string[], count: Count): Promise<ProbeFinding> {
  const gpuNames = names.filter((name) => gpuMetric(name)).join('|');
  if (gpuNames === '') return look('no pod labels on GPU series', 'run dcgm-exporter with --kubernetes');
  if ((await count(`{__name__=~"${gpuNames}",exported_pod!=""}`)) > 0)
    return fine('pods are named by exported_pod; pod is the exporter itself');
  if ((await count(`{__name__=~"${gpuNames}",pod!="",pod!~".*(dcgm|metrics)-exporter.*"}`)) > 0)
    return fine('pods are named by pod');
  return look(
    'no GPU series names a pod now',
    'nothing runs, or dcgm-exporter runs without --kubernetes (DCGM_EXPORTER_KUBERNETES=true) and pods are placed by their requests',
  );
}

async function kubeState(
  count: Count,
  hasLabels: (metric: string) => Promise<boolean>,
): Promise<ProbeFinding[]> {
  if ((await count('kube_node_info{node!=""}')) === 0) {
    return [
      look(
        'no kube-state-metrics: gaps do not count as paid, nodes have no instance type, pods no owner',
        'let Prometheus scrape kube-state-metrics',
      ),
    ];
  }
  const findings = [fine('kube-state-metrics lists the nodes')];
  for (const subject of ['node', 'pod']) {
    if (await hasLabels(`kube_${subject}_labels`)) continue;
    const remedy = `run kube-state-metrics with --metric-labels-allowlist=${subject}s=[*]`;
    findings.push(look(`${subject} labels are hidden`, remedy));
  }
  if ((await count('kube_pod_status_phase{phase="Running"}')) === 0)
    findings.push(
      look(
        'no pod phases: pods cannot be placed by their requests',
        'leave kube_pod_status_phase switched on',
      ),
    );
  return findings;
}

function fine(message: string): ProbeFinding {
  return { status: 'fine', message, remedy: null };
}

function look(message: string, remedy: string): ProbeFinding {
  return { status: 'look', message, remedy };
}

function failing(message: string, remedy: string): ProbeFinding {
  return { status: 'failing', message, remedy };
}
