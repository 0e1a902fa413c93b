/** Fields of `sacct` that are read, by Slurm's own names, and what else `--set` takes. */
export const SACCT_FIELDS = [
  {
    name: 'JobID',
    isRequired: false,
    meaning: 'job, array task 4711_3, component 4711+1; steps are left out',
  },
  { name: 'JobIDRaw', isRequired: false, meaning: 'the number that the job knows as SLURM_JOB_ID' },
  { name: 'State', isRequired: true, meaning: 'COMPLETED, CANCELLED by 1000, …' },
  { name: 'Start', isRequired: true, meaning: 'when it started; Unknown when it never did' },
  { name: 'End', isRequired: true, meaning: 'when it ended; Unknown while it runs' },
  { name: 'AllocTRES', isRequired: true, meaning: 'what it held: billing=64,gres/gpu:h100=8,gres/gpu=8,…' },
  { name: 'ReqTRES', isRequired: false, meaning: 'what a job that never started asked for' },
  {
    name: 'NodeList',
    isRequired: false,
    meaning: 'nodes, such as gpu[01-03,07]; without it jobs are unplaced',
  },
  { name: 'Submit', isRequired: false, meaning: 'when it was submitted, or put back into the queue' },
  { name: 'Eligible', isRequired: false, meaning: 'from when it could have run' },
  {
    name: 'ElapsedRaw',
    isRequired: false,
    meaning: 'seconds that it ran, without the time it was suspended',
  },
  { name: 'Elapsed', isRequired: false, meaning: 'the same as [DAYS-]HH:MM:SS' },
  {
    name: 'Suspended',
    isRequired: false,
    meaning: 'time suspended; a suspended job goes on holding its GPUs',
  },
  {
    name: 'Restarts',
    isRequired: false,
    meaning: 'how often it was requeued before; newer versions have it',
  },
  { name: 'AllocCPUS', isRequired: false, meaning: 'CPUs; read from AllocTRES when absent' },
  { name: 'NCPUS', isRequired: false, meaning: 'the same' },
  { name: 'JobName', isRequired: false, meaning: 'name of the run' },
  { name: 'Cluster', isRequired: false, meaning: 'cluster; part of every id where it is known' },
  { name: 'Account', isRequired: false, meaning: 'kept as slurm:account' },
  { name: 'Partition', isRequired: false, meaning: 'kept as slurm:partition; the queue of the run' },
  { name: 'QOS', isRequired: false, meaning: 'kept as slurm:qos' },
  { name: 'User', isRequired: false, meaning: 'kept as slurm:user' },
  { name: 'Group', isRequired: false, meaning: 'kept as slurm:group' },
  { name: 'WCKey', isRequired: false, meaning: 'kept as slurm:wckey' },
  { name: 'Reservation', isRequired: false, meaning: 'kept as slurm:reservation' },
] as const;

export type SacctField = (typeof SACCT_FIELDS)[number]['name'];

/** What `tare collect` asks for, and the order that a file without a header line is expected in. Every version of Slurm since 20.11 has them. */
export const OWN_ORDER: readonly SacctField[] = [
  'JobID',
  'JobIDRaw',
  'Cluster',
  'User',
  'Account',
  'Partition',
  'QOS',
  'WCKey',
  'State',
  'Submit',
  'Eligible',
  'Start',
  'End',
  'ElapsedRaw',
  'Suspended',
  'NodeList',
  'AllocCPUS',
  'AllocTRES',
  'ReqTRES',
  'JobName',
];

/** As Open XDMoD exports its logs for shredding. */
const XDMOD_ORDER = [
  ...['JobID', 'JobIDRaw', 'Cluster', 'Partition', 'QOS', 'Account', 'Group', 'GID', 'User', 'UID'],
  ...['Submit', 'Eligible', 'Start', 'End', 'Elapsed', 'ExitCode', 'State', 'NNodes', 'NCPUS', 'ReqCPUS'],
  ...['ReqMem', 'ReqTRES', 'AllocTRES', 'Timelimit', 'NodeList', 'JobName'],
];

/** Orders that a file without a header line is recognised by, when its first line reads well in one of them. */
export const KNOWN_ORDERS: readonly Readonly<{ name: string; fields: readonly string[] }>[] = [
  { name: 'the order of `tare`', fields: OWN_ORDER },
  { name: 'the order of Open XDMoD', fields: XDMOD_ORDER },
];

/** Fields that `sacct` can print and that tell a header line from data. */
const OTHER_FIELDS = [
  ...['AllocNodes', 'NNodes', 'ReqCPUS', 'ReqMem', 'Timelimit', 'TimelimitRaw', 'ExitCode', 'GID', 'UID'],
  ...[
    'DerivedExitCode',
    'Planned',
    'Reserved',
    'Priority',
    'Comment',
    'AdminComment',
    'SystemComment',
    'Flags',
  ],
  ...[
    'Reason',
    'WorkDir',
    'SubmitLine',
    'CPUTime',
    'CPUTimeRAW',
    'TotalCPU',
    'ConsumedEnergy',
    'MaxRSS',
    'Extra',
  ],
];
const KNOWN = new Set(
  [...SACCT_FIELDS.map(({ name }) => name), ...OTHER_FIELDS].map((name) => name.toLowerCase()),
);

export function isSacctField(name: string): boolean {
  return KNOWN.has(name.trim().toLowerCase());
}

/** What `--set` means for this kind, beside constants for fields. */
export const SACCT_SETTINGS = [
  {
    name: 'timezone',
    isRequired: false,
    meaning: 'zone of the times, such as Europe/Berlin; UTC when absent',
  },
  {
    name: 'delimiter',
    isRequired: false,
    meaning: 'between the fields, such as ^ or \\x1f; found out when absent',
  },
  { name: 'devices', isRequired: false, meaning: 'own (numbered devices on each node) or telemetry' },
  { name: 'gpuModel', isRequired: false, meaning: 'GPU model where the TRES names no type that is known' },
  { name: 'kind', isRequired: false, meaning: 'what the jobs are: training when absent' },
  { name: 'cpuJobs', isRequired: false, meaning: 'count (in the totals only) or keep (as runs, too)' },
  {
    name: 'checkpointInterval',
    isRequired: false,
    meaning: 'how often every job saves its work, such as 30m; stated, not measured',
  },
  { name: 'gaps', isRequired: false, meaning: 'paid or unpaid: time between two jobs on a device' },
  { name: 'lifecycle', isRequired: false, meaning: 'how the nodes are paid; owned when absent' },
  { name: 'provider', isRequired: false, meaning: 'who rents them out' },
  { name: 'region', isRequired: false, meaning: 'their region' },
  { name: 'instanceType', isRequired: false, meaning: 'their machine type' },
  { name: 'pool', isRequired: false, meaning: 'their pool' },
] as const;
