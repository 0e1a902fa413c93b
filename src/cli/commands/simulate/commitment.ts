import { type Command, InvalidArgumentError } from 'commander';
import type { ExistingCommitment } from '../../../domain/simulation/commitment/existing-commitments.ts';
import type { CommitmentTerm } from '../../../domain/simulation/commitment/stack-terms.ts';
import type { CommandContext, RunAction } from '../../command-context.ts';
import { collectPair, parseCount, parseMoney, parsePositive } from '../../flag-values.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter } from './finish.ts';

type CommitmentFlags = GlobalFlags &
  Readonly<{
    demand: string;
    map: Readonly<Record<string, string>>;
    rowHours: number;
    rate: number;
    trainHours: number;
    terms: readonly CommitmentTerm[];
    survival: number;
    existing: readonly ExistingCommitment[];
    growth: number | 'trend';
    onDemand?: string;
    maxRejects: number;
  }>;

export function addCommitment(simulate: Command, run: RunAction): void {
  simulate
    .command('commitment')
    .description('how much to commit to, decided on the first hours and judged on those that follow')
    .requiredOption('--demand <file>', 'GPUs in use by the hour: columns hour, gpus, and pending where known')
    .option('--map <column=theirs>', 'our column under their name; repeatable', collectPair, {})
    .option('--row-hours <n>', 'hours that each row stands for; 24 for a row a day', parseCount, 1)
    .requiredOption('--rate <r>', 'committed ÷ on-demand price, such as 0.63', parseRate)
    .requiredOption('--train-hours <n>', 'hours to decide on', parseCount)
    .option('--terms <name=rate,...>', 'stacks several terms: 1y=0.63,3y=0.40', parseTerms, [])
    .option('--survival <s>', 'chance that demand is still there a year later, for --terms', parseRate, 1)
    .option(
      '--existing <units[:hours],...>',
      'committed already, until so many hours from the first',
      parseExisting,
      [],
    )
    .option('--growth <share>', 'of demand, a month, such as 0.05, or trend: as measured', parseGrowth, 0)
    .option('--on-demand <price>', 'price of a GPU-hour, to say what it saves', parseMoney)
    .option('--max-rejects <n>', 'exit 0 with up to this many rejected rows', parseCount, 0)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<CommitmentFlags>();
      return run(flags, (context) => commitment(context, flags));
    });
}

async function commitment(context: CommandContext, flags: CommitmentFlags): Promise<number> {
  const { simulateCommitment } = await import('../../../app/simulate/simulate-commitment.ts');
  const { readDemand } = await import('../../../traces/read-demand.ts');
  const { commitmentTable } = await import('../../../reports/simulations/commitment-table.ts');
  const { parsePicos } = await import('../../../domain/money/picos.ts');
  const { demand, missingHours, rejects } = await readDemand(flags.demand, {
    map: flags.map,
    set: {},
    fields: null,
    rowHours: flags.rowHours,
    signal: context.interruption.signal(),
  });
  const result = simulateCommitment({
    demand,
    missingHours,
    rate: flags.rate,
    trainHours: flags.trainHours,
    existing: flags.existing,
    growthPerMonth: flags.growth,
    terms: flags.terms,
    survivalPerYear: flags.survival,
    onDemandPerHour: flags.onDemand === undefined ? null : parsePicos(flags.onDemand)!.picos,
  });
  await printData(context, formatOf(flags), {
    name: 'simulation',
    result,
    tables: [commitmentTable(result)],
  });
  return exitCodeAfter(context, rejects, flags.maxRejects);
}

function parseRate(text: string): number {
  const rate = parsePositive(text);
  if (rate > 1) throw new InvalidArgumentError('write a share above 0 and up to 1, such as 0.63.');
  return rate;
}

function parseTerms(text: string): CommitmentTerm[] {
  return text.split(',').map((part) => {
    const [, name, years, rate] = /^\s*((\d+)y)=(\S+)\s*$/.exec(part) ?? [];
    if (name === undefined || Number(years) === 0)
      throw new InvalidArgumentError('write years and rates, such as 1y=0.63,3y=0.40.');
    return { name, years: Number(years), rate: parseRate(rate!) };
  });
}

function parseExisting(text: string): ExistingCommitment[] {
  return text.split(',').map((part) => {
    const [, units, hours] = /^\s*(\d+)(?::(\d+))?\s*$/.exec(part) ?? [];
    if (units === undefined)
      throw new InvalidArgumentError('write units, and the hours until they end: 64:2000,16.');
    return { units: Number(units), untilHour: hours === undefined ? null : Number(hours) };
  });
}

function parseGrowth(text: string): number | 'trend' {
  if (text === 'trend') return text;
  if (!/^-?\d*\.?\d+$/.test(text) || Number(text) <= -1)
    throw new InvalidArgumentError('write a share a month, such as 0.05 or -0.1, or trend.');
  return Number(text);
}
