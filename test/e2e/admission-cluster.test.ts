import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { freePort, kubeApiIsMissing, type RunningKubeApi, startKubeApi } from '../support/kube-api.ts';
import { deployment, pod } from '../support/kube-objects.ts';
import { type RunningAdmission, runTare, startAdmission } from '../support/start-tare.ts';

/** The webhook as a process, asked by a real kube-apiserver. */
const missing = kubeApiIsMissing();

const CONFIG = `
prices:
  contracts: [{ gpuModel: H100, price: 4.00, unit: gpu-hour, from: 2020-01-01 }]
owners: { team: [label:team, namespace] }
policies:
  - { rule: allowed-gpu, models: [A100, H100] }
  - { rule: max-gpus, gpus: 8 }
  - { rule: require-autoscaling, kind: inference }
`;

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const PODS = '/api/v1/namespaces/default/pods';
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

describe.skipIf(missing !== null)(
  `the webhook beside a real API server${missing ? ` (${missing})` : ''}`,
  () => {
    let api: RunningKubeApi;
    let webhook: RunningAdmission;
    let folder: string;
    let configuration: { webhooks: { timeoutSeconds?: number }[] };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tare-webhook-'));
      writeFileSync(join(folder, 'tare.yaml'), CONFIG);
      api = await startKubeApi();
      // It was there before anyone asked.
      await api.ask(
        'POST',
        DEPLOYMENTS,
        deployment('old', { gpus: 8, replicas: 2, gpuModel: 'NVIDIA-H100-80GB-HBM3' }),
      );
      webhook = await startAdmission(folder, await freePort(), [
        ...['--offline', '--time-limit', '25s', '--kubeconfig', api.kubeconfig],
      ]);
      configuration = parse(webhook.configuration);
      // A machine that others use, too, may take longer than two seconds.
      configuration.webhooks[0]!.timeoutSeconds = 30;
      const made = await api.ask('POST', CONFIGURATIONS, configuration);
      expect(made).toMatchObject({ status: 201, warnings: [] });
      await untilRefused(api);
    });
    afterAll(async () => {
      await webhook?.stop();
      await api?.stop();
      rmSync(folder, { recursive: true });
    });

    it('refuses what violates a policy, with every reason and what to do', async () => {
      const given = deployment('chat', { gpus: 4, replicas: 3, gpuModel: 'Tesla-T4' });
      const { status, body } = await api.ask('POST', DEPLOYMENTS, given);
      expect(status).toBe(403);
      expect(body.message).toBe(
        `admission webhook "launches.tare.dev" denied the request: allowed-gpu: T4-16GB is not allowed here; ask for A100 or H100
max-gpus: it may hold 12 GPUs, and at most 8 are allowed; ask for 8 or fewer, or for an exception`,
      );
    });

    it('lets through what keeps to them, warns of what another object may settle, and tells the audit log', async () => {
      const given = deployment('fine', { gpus: 1, gpuModel: 'NVIDIA-H100-80GB-HBM3' });
      const { status, warnings } = await api.ask('POST', DEPLOYMENTS, given);
      expect(status).toBe(201);
      expect(warnings).toEqual([
        'require-autoscaling: it runs 1 replicas whatever the load is; add a HorizontalPodAutoscaler or a KEDA ScaledObject for it, or minReplicas and maxReplicas',
      ]);
      const event = (await api.audit()).find(({ objectRef }) => objectRef?.name === 'fine');
      expect(event?.annotations).toMatchObject({
        'launches.tare.dev/decision': 'warned',
        'launches.tare.dev/size': '1 × H100-SXM5-80GB',
        'launches.tare.dev/cost': '2920.00 USD a month',
        'launches.tare.dev/policies': 'require-autoscaling',
      });
    });

    it('is asked about pods that want a GPU, and not about others', async () => {
      const plain = await api.ask('POST', PODS, pod('web'));
      expect(plain).toMatchObject({ status: 201, warnings: [] });
      const wanting = await api.ask(
        'POST',
        PODS,
        pod('lone', { gpus: 16, gpuModel: 'NVIDIA-H100-80GB-HBM3' }),
      );
      expect(wanting.body.message).toContain('max-gpus: it may hold 16 GPUs');
    });

    it('warns of what was so before an update, and refuses to make it larger', async () => {
      const image = [{ name: 'main', image: 'example/image:2' }];
      const renewed = await api.ask('PATCH', `${DEPLOYMENTS}/old`, {
        spec: {
          template: {
            spec: {
              containers: [
                { ...deployment('old', { gpus: 8 }).spec.template.spec.containers[0], ...image[0] },
              ],
            },
          },
        },
      });
      expect(renewed.status).toBe(200);
      expect(renewed.warnings[0]).toContain('max-gpus: it may hold 16 GPUs');
      const grown = await api.ask('PATCH', `${DEPLOYMENTS}/old`, { spec: { replicas: 3 } });
      expect(grown.status).toBe(403);
      expect(grown.body.message).toContain('max-gpus: it may hold 24 GPUs');
      expect((await api.ask('PATCH', `${DEPLOYMENTS}/old`, { spec: { replicas: 1 } })).status).toBe(200);
    });

    it('judges a scaling as the update that it stands for', async () => {
      const given = deployment('scaled', { gpus: 4, replicas: 1, gpuModel: 'NVIDIA-H100-80GB-HBM3' });
      expect((await api.ask('POST', DEPLOYMENTS, given)).status).toBe(201);
      const scale = (replicas: number, query = '') =>
        api.ask('PATCH', `${DEPLOYMENTS}/scaled/scale${query}`, { spec: { replicas } });
      expect(await scale(2)).toMatchObject({ status: 200 });
      const refused = await scale(3);
      expect(refused.status).toBe(403);
      expect(refused.body.message).toContain('max-gpus: it may hold 12 GPUs, and at most 8 are allowed');
      expect((await scale(3, '?dryRun=All')).status).toBe(403);
      // What makes nothing larger is let go, as it is in an update.
      expect((await scale(1)).status).toBe(200);
      // What kubectl scale sends, which reads the number first.
      const { body } = await api.ask('GET', `${DEPLOYMENTS}/scaled/scale`);
      const put = await api.ask('PUT', `${DEPLOYMENTS}/scaled/scale`, { ...body, spec: { replicas: 9 } });
      expect(put.body.message).toContain('max-gpus: it may hold 36 GPUs');
      const { stdout } = await runTare(folder, ['admission', 'log', '--json', '--top', '1']);
      expect(JSON.parse(stdout).entries).toMatchObject([
        { decision: 'denied', operation: 'SCALE', object: 'Deployment default/scaled' },
      ]);
    });

    it('looks up what is scaled and was there before it', async () => {
      // `unseen` came into being while no webhook was asked.
      expect((await api.ask('DELETE', `${CONFIGURATIONS}/tare-admission`)).status).toBe(200);
      const given = deployment('unseen', { gpus: 4, replicas: 1, gpuModel: 'NVIDIA-H100-80GB-HBM3' });
      await untilAllowed(api);
      expect((await api.ask('POST', DEPLOYMENTS, given)).status).toBe(201);
      expect((await api.ask('POST', CONFIGURATIONS, configuration)).status).toBe(201);
      await untilRefused(api);
      const scale = (replicas: number) =>
        api.ask('PATCH', `${DEPLOYMENTS}/unseen/scale`, { spec: { replicas } });
      expect((await scale(3)).body.message).toContain('max-gpus: it may hold 12 GPUs');
      expect((await scale(2)).status).toBe(200);
    });

    it('answers a dry run of the API server, and keeps what it refused', async () => {
      const given = deployment('tried', { gpus: 9, gpuModel: 'NVIDIA-H100-80GB-HBM3' });
      expect((await api.ask('POST', `${DEPLOYMENTS}?dryRun=All`, given)).status).toBe(403);
      const { stdout } = await runTare(folder, ['admission', 'log', '--json', '--top', '1']);
      expect(JSON.parse(stdout).entries).toMatchObject([
        { decision: 'denied', object: 'Deployment default/tried', user: 'ada', isDryRun: true },
      ]);
    });

    it('leaves word of what it answered, plain yeses too', async () => {
      const totals = async () => {
        const { stdout } = await runTare(folder, ['admission', 'log', '--json']);
        return JSON.parse(stdout).answered?.decisions ?? {};
      };
      await expect.poll(async () => (await totals()).denied ?? 0, { timeout: 30_000 }).toBeGreaterThan(3);
      expect((await totals()).allowed + (await totals()).warned).toBeGreaterThan(1);
    });

    it('does not stand in the way when it is gone', async () => {
      await webhook.stop();
      const startedMs = performance.now();
      const given = deployment('unasked', { gpus: 64, gpuModel: 'NVIDIA-H100-80GB-HBM3' });
      expect((await api.ask('POST', DEPLOYMENTS, given)).status).toBe(201);
      expect(performance.now() - startedMs).toBeLessThan(20_000);
    });
  },
);

async function untilAllowed(api: RunningKubeApi): Promise<void> {
  const given = deployment('probe', { gpus: 64, gpuModel: 'NVIDIA-H100-80GB-HBM3' });
  for (let tries = 0; tries < 100; tries++) {
    if ((await api.ask('POST', `${DEPLOYMENTS}?dryRun=All`, given)).status === 201) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the API server never forgot the webhook');
}

/** An API server takes a moment to hear of a configuration. */
async function untilRefused(api: RunningKubeApi): Promise<void> {
  const given = deployment('probe', { gpus: 64, gpuModel: 'NVIDIA-H100-80GB-HBM3' });
  for (let tries = 0; tries < 100; tries++) {
    if ((await api.ask('POST', `${DEPLOYMENTS}?dryRun=All`, given)).status === 403) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the API server never asked the webhook');
}
