import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = [
  ...['munged', 'mariadbd', 'mariadb-install-db', 'slurmdbd', 'slurmctld', 'slurmd'],
  ...['sbatch', 'sacct', 'sacctmgr', 'scontrol'],
];
/** Daemons are installed where only administrators look. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin:/sbin`;

export const GPUS_PER_NODE = 4;

export type SlurmCluster = Readonly<{
  /** What `sacct` and the others need to find this cluster. */
  env: Readonly<Record<string, string>>;
  /** Runs a program of Slurm and returns what it printed. */
  run(program: string, ...words: readonly string[]): Promise<string>;
  /** Submits a shell command as a job and returns its id. */
  submit(command: string, ...options: readonly string[]): Promise<string>;
  /** Waits until a job is in a state, as the controller sees it. */
  reach(job: string, state: string, withinMs?: number): Promise<void>;
  /** Ends every process that was started, and removes its files. */
  stop(): Promise<void>;
}>;

/** Why tests with a real Slurm cannot run here; `null` when they can. */
export function slurmIsMissing(): string | null {
  if (process.platform !== 'linux') return 'Slurm runs on Linux only';
  const missing = PROGRAMS.filter(
    (program) =>
      spawnSync('which', [program], { stdio: 'ignore', env: { ...process.env, PATH } }).status !== 0,
  );
  return missing.length === 0 ? null : `${missing.join(', ')} not installed`;
}

/**
 * Starts a whole Slurm on loopback, in a temporary folder: munged, a MariaDB, slurmdbd, slurmctld and two slurmd, `gpu1` and `gpu2`, each with
 * four GPUs of type `l4` that are files. Needs no rights but to start processes.
 */
export async function startSlurm(): Promise<SlurmCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-slurm-'));
  const processes: ChildProcess[] = [];
  const env = { SLURM_CONF: join(folder, 'slurm.conf'), PATH, TZ: 'UTC' };
  const run = (program: string, ...words: readonly string[]) => runProgram(program, words, env);
  const stop = async () => {
    await endJobs(run).catch(() => {});
    for (const child of processes.reverse()) await stopProcess(child);
    await rm(folder, { recursive: true, force: true });
  };
  const start = (program: string, words: readonly string[]) => {
    const child = spawn(program, words, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    processes.push(child);
    return { child, complaints: collect(child) };
  };

  try {
    const ports = await freePorts(5);
    await writeFiles(folder, ports);
    start('munged', munged(folder));
    await startDatabase(folder, ports[0]!, run, start);
    await until('the database listens', folder, () => connect(ports[0]!));
    start('slurmdbd', ['-D']);
    await until('slurmdbd answers', folder, () => run('sacctmgr', '-in', 'list', 'cluster'));
    await run('sacctmgr', '-i', 'add', 'cluster', 'lab');
    await run('sacctmgr', '-i', 'add', 'account', 'search', 'cluster=lab');
    await run('sacctmgr', '-i', 'add', 'user', userInfo().username, 'account=search');
    start('slurmctld', ['-D']);
    start('slurmd', ['-D', '-N', 'gpu1']);
    start('slurmd', ['-D', '-N', 'gpu2']);
    await until('both nodes are idle', folder, async () => {
      const states = await run('sinfo', '-h', '-N', '-o', '%T');
      if (!/^idle\s+idle\s*$/.test(states)) throw new Error(`nodes are ${states}`);
    });
  } catch (error) {
    await stop();
    throw error;
  }

  const stateOf = async (job: string) =>
    /JobState=(\S+)/.exec(await run('scontrol', '-o', 'show', 'job', job))?.[1] ?? 'gone';
  return {
    env,
    run,
    stop,
    async submit(command, ...options) {
      const output = join(folder, 'job-%j.out');
      const words = ['--parsable', `--output=${output}`, '--chdir=/', ...options, `--wrap=${command}`];
      return (await run('sbatch', ...words)).trim().split(';')[0]!;
    },
    reach: (job, state, withinMs = 60_000) =>
      until(
        `job ${job} is ${state}`,
        folder,
        async () => {
          const found = await stateOf(job);
          if (found !== state) throw new Error(`it is ${found}`);
        },
        withinMs,
      ),
  };
}

/** Jobs live in processes of their own, which would outlive the daemons. */
async function endJobs(run: SlurmCluster['run']): Promise<void> {
  await run('scancel', `--user=${userInfo().username}`);
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await run('squeue', '-h')).trim() === '') return;
    await sleep(200);
  }
}

function munged(folder: string): string[] {
  const at = (name: string) => join(folder, 'munge', name);
  return [
    '--foreground',
    '--force',
    `--key-file=${at('key')}`,
    `--socket=${at('socket')}`,
    `--pid-file=${at('pid')}`,
    `--log-file=${at('log')}`,
    `--seed-file=${at('seed')}`,
  ];
}

async function startDatabase(
  folder: string,
  port: number,
  run: SlurmCluster['run'],
  start: (program: string, words: readonly string[]) => unknown,
): Promise<void> {
  const data = join(folder, 'mysql');
  const user = `--user=${userInfo().username}`;
  await run(
    'mariadb-install-db',
    '--no-defaults',
    `--datadir=${data}`,
    user,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  );
  start('mariadbd', [
    '--no-defaults',
    user,
    `--datadir=${data}`,
    `--socket=${join(folder, 'mysql.sock')}`,
    `--pid-file=${join(folder, 'mysql.pid')}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--init-file=${join(folder, 'init.sql')}`,
    '--innodb-buffer-pool-size=64M',
    '--innodb-flush-log-at-trx-commit=0',
    `--log-error=${join(folder, 'mysql.log')}`,
  ]);
}

async function writeFiles(folder: string, ports: readonly number[]): Promise<void> {
  const [databasePort, dbdPort, controllerPort, ...nodePorts] = ports;
  const { username } = userInfo();
  const at = (name: string) => join(folder, name);
  for (const name of ['munge', 'state', 'spool-gpu1', 'spool-gpu2', 'mysql']) await mkdir(at(name));
  await chmod(folder, 0o755);
  await writeFile(at('munge/key'), randomBytes(128), { mode: 0o600 });
  await writeFile(
    at('init.sql'),
    `CREATE DATABASE IF NOT EXISTS slurm_acct_db;
CREATE USER IF NOT EXISTS 'slurm'@'127.0.0.1' IDENTIFIED BY 'slurm';
CREATE USER IF NOT EXISTS 'slurm'@'localhost' IDENTIFIED BY 'slurm';
GRANT ALL ON slurm_acct_db.* TO 'slurm'@'127.0.0.1';
GRANT ALL ON slurm_acct_db.* TO 'slurm'@'localhost';
`,
  );
  const auth = `AuthType=auth/munge\nAuthInfo=socket=${at('munge/socket')}`;
  await writeFile(
    at('slurmdbd.conf'),
    `${auth}
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=${dbdPort}
SlurmUser=${username}
LogFile=${at('slurmdbd.log')}
PidFile=${at('slurmdbd.pid')}
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${databasePort}
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
`,
    { mode: 0o600 },
  );
  const files = (node: string) =>
    Array.from({ length: GPUS_PER_NODE }, (_, index) => at(`${node}-card${index}`));
  for (const file of [...files('gpu1'), ...files('gpu2')]) await writeFile(file, '');
  const gres = (node: string) =>
    `NodeName=${node} Name=gpu Type=l4 File=${at(`${node}-card[0-${GPUS_PER_NODE - 1}]`)}\n`;
  await writeFile(at('gres.conf'), gres('gpu1') + gres('gpu2'));
  const node = (name: string, port: number) =>
    `NodeName=${name} NodeHostname=localhost NodeAddr=127.0.0.1 Port=${port} CPUs=8 RealMemory=512 Gres=gpu:l4:${GPUS_PER_NODE} State=UNKNOWN`;
  await writeFile(
    at('slurm.conf'),
    `ClusterName=lab
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmUser=${username}
SlurmdUser=${username}
${auth},cred_expire=5
CredType=cred/munge
MpiDefault=none
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool-%n')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('slurmd-%n.pid')}
SlurmctldLogFile=${at('slurmctld.log')}
SlurmdLogFile=${at('slurmd-%n.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_interval=2,sched_min_interval=1000000
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
KillWait=1
MinJobAge=300
JobRequeue=1
GresTypes=gpu
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${dbdPort}
AccountingStoragePass=${at('munge/socket')}
AccountingStorageTRES=gres/gpu,gres/gpu:l4
${node('gpu1', nodePorts[0]!)}
${node('gpu2', nodePorts[1]!)}
PartitionName=gpu Nodes=gpu1,gpu2 Default=YES MaxTime=INFINITE State=UP
`,
  );
}

function runProgram(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...words],
      { env: { ...process.env, ...env }, timeout: 60_000 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${program} ${words.join(' ')}: ${stderr || error.message}`));
        else resolve(stdout);
      },
    );
  });
}

/** Tries until it does not throw; what the daemons wrote is in the error when it never does. */
async function until(
  what: string,
  folder: string,
  attempt: () => Promise<unknown>,
  withinMs = 60_000,
): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > giveUpAt)
        throw new Error(
          `not within ${withinMs / 1000} s: ${what}: ${(error as Error).message}\n${await logs(folder)}`,
        );
      await sleep(200);
    }
  }
}

async function logs(folder: string): Promise<string> {
  const names = ['munge/log', 'mysql.log', 'slurmdbd.log', 'slurmctld.log', 'slurmd-gpu1.log'];
  const texts = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8').catch(() => '');
      return `— ${name}\n${text.slice(-1500)}`;
    }),
  );
  return texts.join('\n');
}

/** The last few thousand characters of what a process wrote to stderr. */
function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  });
  return () => text;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(giveUp);
}

function connect(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no free port');
    ports.push(address.port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
