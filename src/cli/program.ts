import { Command, InvalidArgumentError, Option } from 'commander';
import type { FileKind } from '../compose.ts';
import { LIFECYCLES } from '../domain/facts/facts.ts';
import { RUN_DIMENSIONS, RUN_SORTS } from '../ports/run-queries.ts';
import { CALL_DIMENSIONS } from '../ports/serving.ts';
import { CHARGE_DIMENSIONS, LEDGER_DIMENSIONS } from '../ports/store.ts';
import type { RunAction } from './command-context.ts';
import { collectPair, parseCount } from './flag-values.ts';
import {
  type CadenceFlags,
  FORMATS,
  type GlobalFlags,
  type ImportFlags,
  type PriceFlags,
  type ReportFlags,
  type ReportName,
  type RunFlags,
  type RunsFlags,
  type ServeFlags,
} from './flags.ts';
import { addGuardrails } from './guardrail-program.ts';
import { addLevers } from './levers-program.ts';
import { addSimulate } from './simulate-program.ts';
import { addSize } from './size-program.ts';

export type ProgramOptions = Readonly<{
  version: string;
  /** For the help of `tare import`; read only when that is asked for, since it takes the sources to know. */
  fileKinds: readonly FileKind[];
  /** Called with the context of the invocation by each action, after its flags are read. */
  run: RunAction;
}>;

/** Every command and flag. Actions load what they need themselves, so that help costs nothing. */
export function buildProgram({ version, fileKinds, run }: ProgramOptions): Command {
  const program = new Command('tare')
    .description('What your GPU bill bought: every paid GPU-second in one ledger that agrees with the bill.')
    .version(version)
    .configureHelp({ showGlobalOptions: true })
    .option('--store <url>', 'duckdb:PATH, duckdb::memory: or clickhouse://HOST/DATABASE')
    .option('--config <file>', 'configuration (default: tare.yaml, when there is one)')
    .option(
      '--from <when>',
      'start: 2026-10, 2026-10-14, an ISO instant, month, or 7d, 24h, 4w back from now (default: 30d)',
    )
    .option('--to <when>', 'end, exclusive (default: the end of the month, day or year of --from, or now)')
    .addOption(
      new Option('--format <format>', 'how to print; sarif: tare check alone')
        .choices([...FORMATS, 'sarif'])
        .default('table'),
    )
    .option('--json', 'the same as --format json')
    .option('--quiet', 'no progress, sentences and warnings')
    .option('--no-color', 'no colour (NO_COLOR does the same)')
    .option('--ascii', 'plain characters only');

  addImport(program, fileKinds, run);
  addReport(program, run);
  addRun(program, run);
  program
    .command('collect')
    .description('one pass over the configured sources')
    .argument('[source...]', 'names of sources (default: all)')
    .action((sources: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) =>
        (await import('./commands/collect.ts')).collect(context, flags, sources),
      );
    });
  program
    .command('explain')
    .description('where a figure comes from: samples, price, rule, formula; of a run, its receipt')
    .argument(
      '<row>',
      'HOUR/DEVICE/WORKLOAD/BUCKET, such as 2026-10-14T09:00Z/gpu-7f3a/search-llm/idle; a run: slurm:prod:4711; or an endpoint: endpoint:chat@2026-10',
    )
    .action((row: string, _, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) =>
        (await import('./commands/explain.ts')).explain(context, flags, row),
      );
    });
  addRuns(program, run);
  addLevers(program, run);
  addPrices(program, run);
  addSimulate(program, run);
  addSize(program, run);
  addGuardrails(program, run);
  program
    .command('doctor')
    .description('whether everything the ledger needs is there, and what to do where it is not')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) => (await import('./commands/doctor.ts')).doctor(context, flags));
    });
  program
    .command('init')
    .description('looks at what is reachable and writes a commented tare.yaml')
    .option('--force', 'overwrite the file that is there')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { force?: boolean }>();
      return run(flags, async (context) => (await import('./commands/init.ts')).init(context, flags));
    });
  addServers(program, run);
  return program;
}

type Run = ProgramOptions['run'];

function addImport(program: Command, fileKinds: readonly FileKind[], run: Run): void {
  program
    .command('import')
    .description('facts from files')
    .argument('<path...>', 'files or folders')
    .requiredOption('--kind <kind>', 'what the files hold; see below')
    .option('--map <column=theirs>', 'our column under their name; repeatable', collectPair, {})
    .option('--set <column=value>', 'our column as a constant; repeatable', collectPair, {})
    .option('--fields <a,b,c>', 'column names of files without a header line', splitList)
    .option('--max-rejects <n>', 'exit 0 with up to this many rejected rows', parseCount, 0)
    .option('--dry-run', 'read, check and count; keep nothing')
    .addHelpText('after', () => describeKinds(fileKinds))
    .action((paths: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<ImportFlags>();
      return run(flags, async (context) =>
        (await import('./commands/import.ts')).importFiles(context, flags, paths),
      );
    });
}

function addReport(program: Command, run: Run): void {
  const report = program.command('report').description('who pays, for what, and how much of it was tare');
  const command = (name: ReportName, description: string) => {
    const added = report.command(name).description(description);
    if (name !== 'coverage') {
      const dimensions = DIMENSIONS_OF[name] ?? [...LEDGER_DIMENSIONS, 'tag:NAME'];
      const usual = name === 'inference' ? 'endpoint,model' : 'team';
      added.option('--by <dimensions>', `${dimensions.join(', ')}; several with commas (default: ${usual})`);
      added.option('--top <n>', 'keep the largest rows, sum the rest', parseCount);
    }
    if (name === 'ledger' || name === 'idle' || name === 'inference') {
      added.option('--filter <dimension=value>', 'only these; repeatable', collectList, []);
    }
    if (name !== 'charges') {
      added.option(
        '--min-coverage <fraction>',
        'exit 4 when less of the paid GPU time was observed',
        parseFraction,
      );
    }
    if (name === 'inference') addInferenceOptions(added);
    added.action((_, invoked: Command) => {
      const flags = invoked.optsWithGlobals<ReportFlags>();
      return run(flags, async (context) =>
        (await import('./commands/report.ts')).report(context, flags, name),
      );
    });
  };
  command('ledger', 'every paid GPU-hour and charge, by bucket and owner');
  command('charges', 'what the bills say');
  command('idle', 'what was paid for and did nothing');
  command('inference', 'what a thousand inferences cost, beside how fast and how good they were');
  command('coverage', 'whether the figures can be trusted: reconciliation, coverage, freshness');
  addRunsReport(report, run);
}

function addRunsReport(report: Command, run: Run): void {
  report
    .command('runs')
    .description(
      'what each training run cost that was waiting or going on in the window; figures are of whole runs',
    )
    .option('--by <dimensions>', `groups instead of runs: ${RUN_DIMENSIONS.join(', ')}; several with commas`)
    .option('--filter <dimension=value>', 'only these; repeatable', collectList, [])
    .option('--text <part>', 'only those with this in their name, id or experiment')
    .option(
      '--sort <column>',
      `${[...RUN_SORTS, 'quality', 'costPerPoint'].join(', ')}; + or - in front says which way (default: cost)`,
    )
    .option('--top <n>', 'so many rows', parseCount)
    .option('--offset <n>', 'and so many before them left out', parseCount)
    .option('--metric <name>', 'judge runs by this metric: cost per point, and who is on the frontier')
    .addOption(
      new Option('--direction <direction>', 'which way the metric is better')
        .choices(['max', 'min'])
        .default('max'),
    )
    .option('--baseline <value>', 'from where points of the metric count (default: 0 with max)', parseNumber)
    .action((_, invoked: Command) => {
      const flags = invoked.optsWithGlobals<RunsFlags>();
      return run(flags, async (context) => (await import('./commands/runs.ts')).reportRuns(context, flags));
    });
}

function addRuns(program: Command, run: Run): void {
  program
    .command('runs')
    .description('what to do about training runs')
    .command('cadence')
    .description('how often to retrain a model: what a retraining costs against what lost quality costs')
    .argument('<model>', 'as report runs --by model names it')
    .requiredOption('--value <amount>', 'what a point of quality is worth on a day')
    .option('--cost <amount>', 'what a retraining costs (default: measured on the runs of the model)')
    .option('--decay <points>', 'points of quality lost a day', parseNumber)
    .option('--decay-limit <points>', 'and never more than this: the decay is exponential', parseNumber)
    .option('--decay-points <days=loss,…>', 'measured losses so many days after a training')
    .option('--score <name>', 'measured by scores of the model over time, between its trainings')
    .option('--metric <name>', 'measured on successive runs: what a run reached')
    .option('--metric-before <name>', 'and what the model that it replaces still reached then')
    .addOption(
      new Option('--direction <direction>', 'which way the metric is better')
        .choices(['max', 'min'])
        .default('max'),
    )
    .option('--filter <dimension=value>', 'only these runs of the model; repeatable', collectList, [])
    .option('--seed <n>', 'another draw of the ranges', parseCount, 42)
    .action((model: string, _, invoked: Command) => {
      const flags = invoked.optsWithGlobals<CadenceFlags>();
      return run(flags, async (context) =>
        (await import('./commands/runs.ts')).cadence(context, flags, model),
      );
    });
}

function addRun(program: Command, run: Run): void {
  program
    .command('run')
    .description('meters a command as `time` does: GPU-hours, buckets, dollars; records it as a run')
    .usage('[options] [--] <command...>')
    .argument('<command...>', 'what to run; its output, input, signals and exit code stay its own')
    .option('--team <name>', 'who owns the run (TARE_TEAM)')
    .option('--model <name>', 'the model that it trains (TARE_MODEL)')
    .option('--environment <name>', 'such as research or production (TARE_ENVIRONMENT)')
    .option('--name <name>', 'what reports call it (default: the command)')
    .option('--experiment <name>', 'the runs that it is compared with (TARE_EXPERIMENT)')
    .option('--param <name=value>', 'a parameter of the run; repeatable', collectNamed, {})
    .option('--tag <name=value>', 'for owner rules, as tag:NAME; repeatable', collectNamed, {})
    .option('--data <version>', 'names the data that it reads, so that a repetition is recognised')
    .option(
      '--checkpoint-glob <pattern>',
      'files whose time of change is a checkpoint, quoted; repeatable',
      collectList,
      [],
    )
    .option('--interval <duration>', 'between samples (default: 1s at first, 5s later)', parseDuration)
    .addOption(new Option('--lifecycle <lifecycle>', 'how the machine is paid').choices(LIFECYCLES))
    .option('--provider <name>', 'cloud that the machine is rented from')
    .option('--region <name>', 'its region')
    .option('--instance-type <name>', 'its machine type, for the price')
    .option('--resource-id <id>', 'its id on the bill')
    .option('--gpu-hour-price <amount>', 'what a GPU-hour costs, for this receipt', parseDecimal)
    .option('--held-only', 'record who held the GPUs; what they did and cost is measured by others')
    .option('--receipt <file>', 'write the receipt there too, as JSON')
    .addHelpText('after', '\n--quiet prints no receipt, --json prints it as JSON; both to stderr.')
    .action((words: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<RunFlags>();
      return run(flags, async (context) => (await import('./commands/run.ts')).run(context, flags, words));
    });
}

const DIMENSIONS_OF: Partial<Record<ReportName, readonly string[]>> = {
  charges: CHARGE_DIMENSIONS,
  inference: CALL_DIMENSIONS,
  idle: [...LEDGER_DIMENSIONS, 'cause', 'tag:NAME'],
};

function addInferenceOptions(command: Command): void {
  command
    .addOption(
      new Option('--basis <basis>', 'with idle time and shared costs, or only what did work')
        .choices(['allocated', 'used'])
        .default('allocated'),
    )
    .option('--slo-ms <n>', 'a request that takes longer is not good', parseCount)
    .option(
      '--min-quality <score=limit>',
      'a bar of quality, such as helpfulness=0.8 or hallucination<=0.1; repeatable',
      collectList,
      [],
    )
    .option(
      '--token-weight <input:output>',
      'how input and output share a cost (default: by measured times, or 1:2.5)',
    )
    .option('--api-price <input/output>', 'an API to compare with: prices for a million tokens, such as 3/15')
    .option(
      '--training <name=cost/inferences>',
      'spreads a training over inferences of an endpoint or model; repeatable',
      collectList,
      [],
    );
}

function addPrices(program: Command, run: Run): void {
  program
    .command('prices')
    .description('list prices, cheapest GPU first')
    .argument('[word...]', 'what must stand in the row: h100 spot, p5, eu-west')
    .option('--gpu <name>', 'a GPU as anyone spells it, or part of its name')
    .option('--provider <name>', 'aws, azure, gcp, …')
    .option('--region <name>', 'us-east-1, …')
    .addOption(new Option('--lifecycle <lifecycle>', 'how it is paid (default: all)').choices(LIFECYCLES))
    .option('--at <when>', 'an ISO day or instant (default: now)')
    .action((words: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<PriceFlags>();
      return run(flags, async (context) =>
        (await import('./commands/prices.ts')).prices(context, flags, words),
      );
    });
}

function addServers(program: Command, run: Run): void {
  program
    .command('up')
    .description('collects from all sources, keeps the ledger current, serves dashboard and API')
    .option('--port <n>', 'port to listen on; 0 takes a free one (default: 4680)', parseCount)
    .option('--host <address>', 'address to listen on; other than loopback needs tokens (default: 127.0.0.1)')
    .option('--otlp-port <n>', 'another port for OpenTelemetry, such as 4318 (default: the same)', parseCount)
    .option('--every <duration>', 'how often to collect', parseDuration, 60_000)
    .option('--no-open', 'do not open a browser')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<ServeFlags>();
      return run(flags, async (context) => (await import('./commands/up.ts')).up(context, flags));
    });
  program
    .command('demo')
    .description('a realistic fleet, generated, and the dashboard on it; no credentials')
    .option('--port <n>', 'port to listen on; 0 takes a free one (default: 4680)', parseCount)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--seed <n>', 'another fleet', parseCount, 42)
    .option('--no-open', 'do not open a browser')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<ServeFlags>();
      return run(flags, async (context) => (await import('./commands/demo.ts')).demo(context, flags));
    });
}

function describeKinds(kinds: readonly FileKind[]): string {
  const width = Math.max(...kinds.map(({ kind }) => kind.length));
  const lines = kinds.flatMap(({ kind, summary, columns }) => [
    `  ${kind.padEnd(width)}  ${summary}`,
    ...columns.map(
      ({ name, isRequired, meaning }) => `    ${name}${isRequired ? ' (required)' : ''}: ${meaning}`,
    ),
  ]);
  return ['', 'Kinds, and the columns that --map and --set name:', ...lines].join('\n');
}

function collectNamed(text: string, earlier: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('write name=value.');
  return { ...earlier, [name]: value };
}

function collectList(text: string, earlier: readonly string[]): string[] {
  return [...earlier, text];
}

function splitList(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function parseFraction(text: string): number {
  const fraction = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(fraction >= 0 && fraction <= 1))
    throw new InvalidArgumentError('write a fraction from 0 to 1, such as 0.9.');
  return fraction;
}

function parseNumber(text: string): number {
  const value = /^[+-]?\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('write a decimal number, such as 0.25.');
  return value;
}

/** Kept as it is written: money passes through no float. */
function parseDecimal(text: string): string {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('write an amount such as 2.50.');
  return text;
}

const DURATION_UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (DURATION_UNITS[unit ?? ''] ?? Number.NaN);
  if (!(milliseconds > 0)) throw new InvalidArgumentError('write a duration such as 30s, 1m or 2h.');
  return milliseconds;
}
