import { type Command, Option } from 'commander';
import { BUDGET_PERIODS } from '../domain/governance/budgets/budget.ts';
import type { RunAction } from './command-context.ts';
import type { AnomalyFlags, ForecastFlags, GlobalFlags, JudgeFlags } from './flags.ts';

/** `tare anomalies`, `tare forecast` and `tare alerts`. */
export function addAlerting(program: Command, run: RunAction): void {
  addAnomalies(program, run);
  program
    .command('forecast')
    .description(
      'what owners will have spent at the end of the period, and how well such forecasts did before',
    )
    .option('--by <dimension>', 'team, model, environment, workload, … or tag:NAME (default: everything)')
    .addOption(new Option('--period <period>', 'of the calendar (default: monthly)').choices(BUDGET_PERIODS))
    .option('--at <when>', 'as of this ISO day or instant (default: now)')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<ForecastFlags>();
      return run(flags, async (context) => (await import('./commands/forecast.ts')).forecast(context, flags));
    });
  addAlerts(program, run);
}

function addAnomalies(program: Command, run: RunAction): void {
  const anomalies = program
    .command('anomalies')
    .description('what cost more than the same hours of the weeks before, by whom and why')
    .option('--by <dimensions>', 'team, model, environment, endpoint, … or tag:NAME (default: team)')
    .option('--measures <names>', 'of cost, tare and unitCost, which is of endpoints (default: all)')
    .option('--check', 'exit 3 when one goes on that nobody has explained')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<AnomalyFlags>();
      return run(flags, async (context) =>
        (await import('./commands/anomalies.ts')).anomalies(context, flags),
      );
    });
  anomalies
    .command('judge')
    .description('keeps what you say of an anomaly: the share of false alarms is known from it')
    .argument('<id>', 'as tare anomalies prints it: cost/team/search@2026-10-14T09')
    .addOption(
      new Option(
        '--as <verdict>',
        'someone sees to it; it was planned; it is none, and hours like it are usual',
      )
        .choices(['acknowledged', 'expected', 'false-alarm'])
        .makeOptionMandatory(),
    )
    .option('--note <text>', 'why')
    .option('--by <name>', 'who says so (default: you)')
    .action((id: string, _, command: Command) => {
      const flags = command.optsWithGlobals<JudgeFlags>();
      return run(flags, async (context) =>
        (await import('./commands/anomalies.ts')).judge(context, flags, id),
      );
    });
}

function addAlerts(program: Command, run: RunAction): void {
  const alerts = program
    .command('alerts')
    .description('what is wrong now, and who was told; sends nothing')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) => (await import('./commands/alerts.ts')).listAlerts(context, flags));
    });
  alerts
    .command('send')
    .description('one look and one round of messages, as tare up does it all the time')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) =>
        (await import('./commands/alerts.ts')).sendAlerts(context, flags, { test: false, recipient: null }),
      );
    });
  alerts
    .command('test')
    .description('sends a test message')
    .argument('[name]', 'a recipient under notify in tare.yaml (default: all)')
    .action((name: string | undefined, _, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) =>
        (await import('./commands/alerts.ts')).sendAlerts(context, flags, {
          test: true,
          recipient: name ?? null,
        }),
      );
    });
}
