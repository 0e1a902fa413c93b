import type { Command } from 'commander';
import { TareError } from '../../../app/errors.ts';
import { PROMPT_COLUMNS } from '../../../traces/prompt-columns.ts';
import type { CommandContext, RunAction } from '../../command-context.ts';
import { parseCountAboveZero, parseFraction } from '../../flag-values.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter, refuseEmpty } from './finish.ts';
import { addTraceFlags, describeColumns, type TraceFlags, traceSettings } from './trace-flags.ts';

type PromptCacheFlags = GlobalFlags &
  TraceFlags &
  Readonly<{
    prompts: string;
    blockTokens: number;
    endpoint?: string;
    inputCostShare?: number;
    cachedPrice: number;
  }>;

export function addPromptCache(simulate: Command, run: RunAction): void {
  const command = simulate
    .command('prompt-cache')
    .description('how much of the prompts repeats: what a cache of prefixes, or of whole requests, can spare')
    .requiredOption('--prompts <file>', 'prompts as hashes of their blocks')
    .option('--block-tokens <n>', 'length of a block (default: 512)', parseCountAboveZero, 512)
    .option('--endpoint <name>', 'makes a row for tare plan --evidence; needs --input-cost-share')
    .option('--input-cost-share <share>', 'of the cost of the endpoint that input causes', parseFraction)
    .option('--cached-price <share>', 'price of a cached token ÷ one that is not', parseFraction, 0)
    .addHelpText('after', () => describeColumns('Columns of --prompts:', PROMPT_COLUMNS));
  addTraceFlags(command).action((_, invoked: Command) => {
    const flags = invoked.optsWithGlobals<PromptCacheFlags>();
    return run(flags, (context) => promptCache(context, flags));
  });
}

async function promptCache(context: CommandContext, flags: PromptCacheFlags): Promise<number> {
  const { simulatePromptCache } = await import('../../../app/simulate/simulate-prompt-cache.ts');
  const { traceFigures } = await import('../../../app/simulate/figures.ts');
  const { readPrompts } = await import('../../../traces/read-prompts.ts');
  const { promptCacheTable } = await import('../../../reports/simulations/prompt-cache-table.ts');
  const read = await readPrompts(flags.prompts, traceSettings(context, flags));
  refuseEmpty(flags.prompts, read);
  const result = simulatePromptCache({
    prompts: read.records,
    blockTokens: flags.blockTokens,
    endpoint: endpointOf(flags),
    trace: traceFigures(read),
  });
  const tables = [promptCacheTable(result)] as const;
  await printData(context, formatOf(flags), { name: 'simulation', result, tables });
  return exitCodeAfter(context, read.rejects, flags.maxRejects);
}

function endpointOf({ endpoint, inputCostShare, cachedPrice }: PromptCacheFlags) {
  if (endpoint === undefined) return null;
  if (inputCostShare === undefined)
    throw new TareError(
      'usage',
      '--endpoint needs --input-cost-share',
      'state the share of its cost that input causes, as tare report inference splits it',
    );
  return { name: endpoint, inputCostShare, cachedPriceFactor: cachedPrice };
}
