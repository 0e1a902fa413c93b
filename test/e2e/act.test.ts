import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionLog, ActionReport } from '../../src/app/results/actions.ts';
import { HOUR_MS } from '../../src/domain/time/window.ts';
import { kubeApiIsMissing, type RunningKubeApi, startKubeApi } from '../support/kube-api.ts';
import { deployment, job, pod } from '../support/kube-objects.ts';
import { runTare } from '../support/start-tare.ts';

/** Idle pods of a ledger, and the objects that they belong to in a real API server. */
const missing = kubeApiIsMissing();

const CONFIG = `
prices: { contracts: [{ gpuModel: L4, price: 2.00, unit: gpu-hour, from: 2020-01-01 }] }
owners: { team: [namespace] }
`;
const NOTEBOOKS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'notebooks.kubeflow.org' },
  spec: {
    group: 'kubeflow.org',
    names: { kind: 'Notebook', plural: 'notebooks', singular: 'notebook', listKind: 'NotebookList' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

describe.skipIf(missing !== null)(`tare act on a real API server${missing ? ` (${missing})` : ''}`, () => {
  let api: RunningKubeApi;
  let folder: string;

  /** Each holds one L4 for the last twelve hours; the first six busy, the last six not. */
  const holders = [
    { workload: 'default/jupyter-ada-0', kind: 'notebook', busyHours: 6 },
    { workload: 'default/chat-abc-xyz', kind: 'inference', busyHours: 6 },
    { workload: 'default/train-1', kind: 'training', busyHours: 6 },
    { workload: 'default/lone', kind: 'batch', busyHours: 6 },
    { workload: 'default/gone', kind: 'training', busyHours: 6 },
    { workload: 'local-4711', kind: 'training', busyHours: 6 },
    { workload: 'default/busy', kind: 'training', busyHours: 12 },
  ];
  const act = async (...words: string[]) => {
    const { stdout, stderr, code } = await runTare(folder, ['act', ...words, '--json']);
    return { code, stderr, report: stdout === '' ? null : (JSON.parse(stdout) as ActionReport) };
  };
  const inCluster = () => ['--kubeconfig', api.kubeconfig];
  const rowsOf = (report: ActionReport | null) =>
    Object.fromEntries(report!.rows.map((row) => [row.target.replace('default/', ''), row]));
  const get = async (path: string) => (await api.ask('GET', path)).body;
  const make = async (
    path: string,
    object: Readonly<Record<string, unknown>> & { metadata: object },
    owner?: { apiVersion: string; kind: string; name: string },
  ) => {
    const references = owner && [
      {
        ...owner,
        controller: true,
        uid: ((await get(pathOf(owner))) as unknown as { metadata: { uid: string } }).metadata.uid,
      },
    ];
    const { status, body } = await api.ask('POST', path, {
      ...object,
      metadata: { ...object.metadata, ...(references && { ownerReferences: references }) },
    });
    expect(status, body.message).toBe(201);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tare-act-'));
    writeFileSync(join(folder, 'tare.yaml'), CONFIG);
    writeLedger(folder, holders);
    for (const kind of ['allocations', 'usage']) {
      const { code, stderr } = await runTare(folder, ['import', `${kind}.csv`, '--kind', kind]);
      expect(code, stderr).toBe(0);
    }
    api = await startKubeApi();
    await api.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', NOTEBOOKS);
    for (let tries = 0; tries < 100; tries++) {
      if ((await api.ask('GET', '/apis/kubeflow.org/v1/namespaces/default/notebooks')).status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const apps = '/apis/apps/v1/namespaces/default';
    const pods = '/api/v1/namespaces/default/pods';
    await make('/apis/kubeflow.org/v1/namespaces/default/notebooks', {
      apiVersion: 'kubeflow.org/v1',
      kind: 'Notebook',
      metadata: { name: 'jupyter-ada' },
    });
    const set = { ...deployment('jupyter-ada'), kind: 'StatefulSet' };
    await make(
      `${apps}/statefulsets`,
      { ...set, spec: { ...set.spec, serviceName: 'x' } },
      {
        apiVersion: 'kubeflow.org/v1',
        kind: 'Notebook',
        name: 'jupyter-ada',
      },
    );
    await make(pods, pod('jupyter-ada-0'), {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: 'jupyter-ada',
    });
    await make(`${apps}/deployments`, deployment('chat', { replicas: 3 }));
    await make(
      `${apps}/replicasets`,
      { ...deployment('chat-abc'), kind: 'ReplicaSet' },
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' },
    );
    await make(pods, pod('chat-abc-xyz'), { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'chat-abc' });
    await make('/apis/batch/v1/namespaces/default/jobs', job('train'));
    await make(pods, pod('train-1'), { apiVersion: 'batch/v1', kind: 'Job', name: 'train' });
    await make(pods, pod('lone'));
    await make(pods, pod('busy'));
  });
  afterAll(async () => {
    await api?.stop();
    rmSync(folder, { recursive: true });
  });

  it('shows what is idle by the ledger alone, and what a person would do', async () => {
    const { code, report } = await act();
    expect(code).toBe(0);
    const rows = rowsOf(report);
    expect(Object.keys(rows).toSorted()).toEqual([
      'chat-abc-xyz',
      'gone',
      'jupyter-ada-0',
      'local-4711',
      'lone',
      'train-1',
    ]);
    expect(rows['jupyter-ada-0']).toMatchObject({
      action: 'suspend-notebook',
      quietHours: 6,
      idleCost: '12.00',
      owner: 'default',
      state: 'command',
    });
    expect(rows['local-4711']!.command).toBe(
      'ssh node-5 nvidia-smi --query-compute-apps=pid,process_name,used_memory --format=csv',
    );
  });

  it('tries each change in the cluster, and changes nothing', async () => {
    const { code, report } = await act(...inCluster());
    expect(code).toBe(0);
    const rows = rowsOf(report);
    expect(rows['jupyter-ada-0']).toMatchObject({
      state: 'ready',
      object: 'Notebook default/jupyter-ada',
      isReversible: true,
    });
    expect(rows['chat-abc-xyz']).toMatchObject({
      state: 'ready',
      object: 'Deployment default/chat',
      change: 'spec.replicas: 3 → 0',
    });
    expect(rows['train-1']).toMatchObject({
      state: 'ready',
      object: 'Job default/train',
      change: 'spec.suspend: false → true',
    });
    expect(rows['lone']).toMatchObject({ state: 'command', command: 'kubectl -n default delete pod lone' });
    expect(rows['gone']).toMatchObject({ state: 'left', notes: ['there is no pod default/gone any more'] });
    expect(report).toMatchObject({ isApplied: false, cluster: api.url });
    expect(
      (await get(pathOf({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' }))).spec?.['replicas'],
    ).toBe(3);
    expect(JSON.parse((await runTare(folder, ['act', 'log', '--json'])).stdout)).toEqual({ rows: [] });
  });

  it('is asked twice before it changes anything', async () => {
    expect((await act('--apply', ...inCluster())).stderr).toContain('--apply names nothing');
    expect((await act('--apply', '--all')).stderr).toContain('--apply has no cluster');
    expect((await act('--only', 'nothing-like-it')).stderr).toContain(
      'nothing idle is called "nothing-like-it"',
    );
  });

  it('makes the changes that are named, writes them down, and takes them back', async () => {
    const { code, report } = await act(
      '--apply',
      '--only',
      'default/chat-abc-xyz,default/jupyter-ada-0,default/train-1',
      ...inCluster(),
    );
    expect(code).toBe(0);
    expect(report!.rows.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(
      (await get(pathOf({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' }))).spec?.['replicas'],
    ).toBe(0);
    expect(
      (await get(pathOf({ apiVersion: 'batch/v1', kind: 'Job', name: 'train' }))).spec?.['suspend'],
    ).toBe(true);
    const notebook = pathOf({ apiVersion: 'kubeflow.org/v1', kind: 'Notebook', name: 'jupyter-ada' });
    expect((await get(notebook)).metadata?.annotations).toHaveProperty('kubeflow-resource-stopped');

    const again = await act('--only', 'default/chat-abc-xyz', ...inCluster());
    expect(again.report!.rows).toMatchObject([{ state: 'left', notes: ['it is at zero already'] }]);

    const log = JSON.parse((await runTare(folder, ['act', 'log', '--json'])).stdout) as ActionLog;
    expect(log.rows.map(({ state, object }) => [state, object]).toSorted()).toEqual([
      ['done', 'Deployment default/chat'],
      ['done', 'Job default/train'],
      ['done', 'Notebook default/jupyter-ada'],
    ]);
    const chat = log.rows.find(({ object }) => object === 'Deployment default/chat')!;
    expect(chat).toMatchObject({
      cluster: api.url,
      before: { spec: { replicas: 3 } },
      because: 'quiet for 6 h',
      failure: null,
    });
    expect(chat.by).toMatch(/^\S+@\S+$/);
    for (const { id } of log.rows) {
      const undone = await runTare(folder, ['act', 'undo', id, ...inCluster(), '--json']);
      expect(undone.code, undone.stderr).toBe(0);
    }
    expect(
      (await get(pathOf({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' }))).spec?.['replicas'],
    ).toBe(3);
    expect(
      (await get(pathOf({ apiVersion: 'batch/v1', kind: 'Job', name: 'train' }))).spec?.['suspend'],
    ).toBe(false);
    expect((await get(notebook)).metadata?.annotations ?? {}).toEqual({});
    const twice = await runTare(folder, ['act', 'undo', chat.id, ...inCluster()]);
    expect([twice.code, twice.stderr]).toEqual([4, expect.stringContaining('is taken back already')]);
  });

  it('says what the cluster refused, and leaves it as it is', async () => {
    writeFileSync(join(folder, 'token'), 'wrong');
    const { code, report } = await act(
      '--server',
      api.url,
      '--token-file',
      'token',
      '--server-ca',
      api.authorityPath,
      '--only',
      'default/chat-abc-xyz',
    );
    expect(code).toBe(5);
    expect(report!.rows).toMatchObject([
      { state: 'failed', notes: [expect.stringContaining('Unauthorized')] },
    ]);
  });
});

function pathOf({ apiVersion, kind, name }: { apiVersion: string; kind: string; name: string }): string {
  return `/apis/${apiVersion}/namespaces/default/${kind.toLowerCase()}s/${name}`;
}

function writeLedger(
  folder: string,
  holders: readonly { workload: string; kind: string; busyHours: number }[],
): void {
  const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const at = (hours: number) => new Date(endMs - hours * HOUR_MS).toISOString();
  const allocations = holders.map(
    ({ workload, kind }, index) =>
      `${workload},${workload},gpu-${index},${at(12)},${kind},${workload.includes('/') ? 'default' : 'lab'}`,
  );
  const usage = holders.flatMap(({ busyHours }, index) =>
    Array.from({ length: 12 * 6 }, (_, slot) => {
      const hoursAgo = 12 - slot / 6;
      return `gpu-${index},node-${index},L4,on_demand,${at(hoursAgo)},600,${slot < busyHours * 6 ? '0.9' : '0'}`;
    }),
  );
  writeFileSync(
    join(folder, 'allocations.csv'),
    `workload,name,device,start,kind,namespace\n${allocations.join('\n')}\n`,
  );
  writeFileSync(
    join(folder, 'usage.csv'),
    `device,node,gpuModel,lifecycle,time,intervalSeconds,engineActive\n${usage.join('\n')}\n`,
  );
}
