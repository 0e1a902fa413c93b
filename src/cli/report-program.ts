import { type Command, Option } from 'commander';
import { RUN_DIMENSIONS, RUN_SORTS } from '../ports/run-queries.ts';
import { CALL_DIMENSIONS } from '../ports/serving.ts';
import { CHARGE_DIMENSIONS, LEDGER_DIMENSIONS } from '../ports/store.ts';
import type { RunAction } from './command-context.ts';
import { addFitReports } from './fit-program.ts';
import { collectList, parseCount, parseFraction, parseNumber } from './flag-values.ts';
import type { ReportFlags, ReportName, RunsFlags } from './flags.ts';

/** `tare report …`: one command for each report. */
export function addReport(program: Command, run: RunAction): void {
  const report = program.command('report').description('who pays, for what, and how much of it was tare');
  const command = (name: ReportName, description: string) => {
    const added = report.command(name).description(description);
    if (!['coverage', 'commitments', 'health', 'units'].includes(name)) {
      const dimensions = DIMENSIONS_OF[name] ?? [...LEDGER_DIMENSIONS, 'tag:NAME'];
      const usual = name === 'inference' ? 'endpoint,model' : 'team';
      added.option('--by <dimensions>', `${dimensions.join(', ')}; several with commas (default: ${usual})`);
      added.option('--top <n>', 'keep the largest rows, sum the rest', parseCount);
    }
    if (name === 'ledger' || name === 'idle' || name === 'inference' || name === 'units') {
      added.option('--filter <dimension=value>', 'only these; repeatable', collectList, []);
    }
    if (name === 'ledger') {
      added.option('--compare', 'each row beside the same in the window of the same length before');
    }
    if (name !== 'charges') {
      added.option(
        '--min-coverage <fraction>',
        'exit 4 when less of the paid GPU time was observed',
        parseFraction,
      );
    }
    if (name === 'inference' || name === 'units') addInferenceOptions(added);
    if (name === 'inference') addComparisons(added);
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
  command('units', 'how the cost of a thousand inferences moved, by day, and what moved it');
  command('commitments', 'what is committed already: how far it is used, what it covers, when it ends');
  command('coverage', 'whether the figures can be trusted: reconciliation, coverage, freshness');
  command('health', 'what speaks against the figures, and what to do about it');
  addRunsReport(report, run);
  addFitReports(report, run);
}

function addRunsReport(report: Command, run: RunAction): void {
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

const DIMENSIONS_OF: Partial<Record<ReportName, readonly string[]>> = {
  charges: CHARGE_DIMENSIONS,
  inference: [...CALL_DIMENSIONS, 'tag:NAME'],
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
    .option(
      '--training <name=cost/inferences>',
      'spreads a training over inferences of an endpoint or model; repeatable',
      collectList,
      [],
    );
}

/** What the price of one's own servers is compared with. */
function addComparisons(command: Command): void {
  command
    .option('--api-price <input/output>', 'an API to compare with: prices for a million tokens, such as 3/15')
    .option(
      '--against <provider/model>',
      'a model of an API to compare with by its published price, such as openai/gpt-5-mini, or default for well-known ones; repeatable',
      collectList,
      [],
    )
    .option(
      '--throughput <name=in/out@gpus>',
      'a server that could answer paid calls: tokens a second, such as llama-70b=9500/1800@4xH100-SXM5-80GB; repeatable',
      collectList,
      [],
    );
}
