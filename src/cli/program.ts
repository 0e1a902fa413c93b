import { Command, Option } from 'commander';
import type { FileKind } from '../compose.ts';
import { LIFECYCLES } from '../domain/facts/facts.ts';
import { addAct } from './act-program.ts';
import { addAdmission } from './admission-program.ts';
import { addAlerting } from './alerting-program.ts';
import type { RunAction } from './command-context.ts';
import { addExport } from './export-program.ts';
import { collectPair, parseCount, parseDuration, splitList } from './flag-values.ts';
import { FORMATS, type GlobalFlags, type ImportFlags, type PriceFlags, type ServeFlags } from './flags.ts';
import { addGuardrails } from './guardrail-program.ts';
import { addLevers, addVerify } from './levers-program.ts';
import { addPlan } from './plan-program.ts';
import { addPolicies } from './policies-program.ts';
import { addReport } from './report-program.ts';
import { addReports } from './reports-program.ts';
import { addRun, addRuns } from './runs-program.ts';
import { addSimulate } from './simulate-program.ts';
import { addSize } from './size-program.ts';
import { addViews } from './views-program.ts';

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
  addExport(program, run);
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
  addPlan(program, run);
  addVerify(program, run);
  addPrices(program, run);
  addSimulate(program, run);
  addSize(program, run);
  addGuardrails(program, run);
  addPolicies(program, run);
  addAdmission(program, run);
  addAct(program, run);
  addAlerting(program, run);
  addViews(program, run);
  addReports(program, run);
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
