import { TareError } from '../app/errors.ts';
import type { CollectResult } from '../app/tare.ts';
import type { TableModel } from '../reports/table-model.ts';
import type { Answer } from './answer.ts';
import type { CommandContext } from './command-context.ts';
import type { Format, GlobalFlags } from './flags.ts';
import type { Terminal } from './terminal.ts';

export function formatOf({ json, format }: GlobalFlags): Format {
  if (json) return 'json';
  if (format !== 'sarif') return format;
  throw new TareError('usage', 'only tare check prints SARIF', 'choose table, json, csv or markdown');
}

/** Prints an answer: data to stdout; the sentence above it and the notes below it to stderr when stdout is no terminal. */
export async function printData(context: CommandContext, format: Format, answer: Answer): Promise<void> {
  const { terminal, keepAnswer } = context;
  if (keepAnswer) return keepAnswer(answer);
  if (format === 'json') {
    const { renderJson } = await import('../reports/json.ts');
    return terminal.write(renderJson(answer.result));
  }
  const text = format === 'table' ? await textOf(answer) : undefined;
  if (text !== undefined) return terminal.write(terminal.isAscii ? await plain(text) : text);

  const models = await modelsOf(answer);
  if (format === 'csv') {
    const { renderCsv } = await import('../reports/csv.ts');
    return terminal.write(renderCsv(models[0]));
  }
  if (format === 'markdown') {
    const { renderMarkdown } = await import('../reports/markdown.ts');
    return terminal.write(models.map((model) => renderMarkdown(model)).join('\n'));
  }
  await printTables(models, terminal);
}

async function printTables(models: readonly TableModel[], terminal: Terminal): Promise<void> {
  const { renderTable } = await import('../reports/table.ts');
  const { isStdoutTerminal, isAscii, width } = terminal;
  const beside = isStdoutTerminal ? terminal.write : terminal.note;
  let isFirst = true;
  for (const model of models) {
    const text = renderTable(model, { width, isAscii, hasColor: terminal.hasColor });
    if (!isFirst && text.table !== '') terminal.write('\n');
    isFirst &&= text.table === '';
    if (text.before !== '') beside(`${text.before}${model.headline === null ? '' : '\n'}`);
    if (text.table !== '') terminal.write(text.table);
    if (text.after !== '') beside(`\n${text.after}`);
  }
}

/** Answers that are read as text rather than as a table. */
async function textOf(answer: Answer): Promise<string | undefined> {
  switch (answer.name) {
    case 'import':
      return (await import('../reports/import-text.ts')).importText(answer.result, answer.currency);
    case 'collect':
      return collectText(answer.result, answer.currency);
    case 'explain':
      return (await import('../reports/explain-text.ts')).explainText(answer.result);
    case 'check':
      return (await import('../reports/check-text.ts')).checkText(answer.result);
    case 'receipt':
      return (await import('../reports/receipt-text.ts')).receiptText(answer.result);
    case 'doctor':
      return (await import('../reports/doctor-text.ts')).doctorText(answer.result);
    default:
      return undefined;
  }
}

async function collectText({ sources }: CollectResult, currency: string): Promise<string> {
  const { importText } = await import('../reports/import-text.ts');
  return sources.map((source) => `${source.name}\n${importText(source, currency)}`).join('\n');
}

async function modelsOf(answer: Answer): Promise<readonly [TableModel, ...TableModel[]]> {
  switch (answer.name) {
    case 'ledger':
      return [(await import('../reports/ledger-table.ts')).ledgerTable(answer.result)];
    case 'charges':
      return [(await import('../reports/charges-table.ts')).chargesTable(answer.result)];
    case 'idle':
      return [(await import('../reports/idle-table.ts')).idleTable(answer.result)];
    case 'coverage':
      return (await import('../reports/coverage-tables.ts')).coverageTables(answer.result);
    case 'commitments':
      return (await import('../reports/commitments-tables.ts')).commitmentTables(answer.result);
    case 'health':
      return (await import('../reports/health-tables.ts')).healthTables(answer.result);
    case 'inference':
      return (await import('../reports/inference-tables.ts')).inferenceTables(answer.result);
    case 'units':
      return (await import('../reports/units-tables.ts')).unitsTables(answer.result);
    case 'budgets':
      return [(await import('../reports/budgets-table.ts')).budgetsTable(answer.result)];
    case 'anomalies':
      return [(await import('../reports/anomalies-table.ts')).anomaliesTable(answer.result)];
    case 'forecast':
      return [(await import('../reports/forecast-table.ts')).forecastTable(answer.result)];
    case 'alerts':
      return [(await import('../reports/alerts-table.ts')).alertsTable(answer.result)];
    case 'reports':
      return [(await import('../reports/scheduled-tables.ts')).scheduledTable(answer.result)];
    case 'report-sending':
      return (await import('../reports/scheduled-tables.ts')).sendingTables(answer.result);
    case 'check':
      return [(await import('../reports/check-tables.ts')).checkTable(answer.result)];
    case 'policy-preview':
      return (await import('../reports/policies-tables.ts')).policyPreviewTables(answer.result);
    case 'actions':
      return [(await import('../reports/actions-tables.ts')).actionsTable(answer.result)];
    case 'action-log':
      return [(await import('../reports/actions-tables.ts')).actionLogTable(answer.result)];
    case 'admission':
      return [(await import('../reports/admission-table.ts')).admissionTable(answer.result)];
    case 'names':
      return [(await import('../reports/names-table.ts')).namesTable(answer.result)];
    case 'views':
      return [(await import('../reports/names-table.ts')).viewsTable(answer.result)];
    case 'prices':
      return [(await import('../reports/prices-table.ts')).pricesTable(answer.result)];
    case 'size':
      return [(await import('../reports/size-table.ts')).sizeTable(answer.result)];
    case 'levers':
      return [(await import('../reports/levers-table.ts')).leversTable(answer.result)];
    case 'plan':
      return (await import('../reports/plan-tables.ts')).planTables(answer.result);
    case 'spot':
      return (await import('../reports/spot-tables.ts')).spotTables(answer.result);
    case 'hardware':
      return (await import('../reports/hardware-tables.ts')).hardwareTables(answer.result);
    case 'verification':
      return [(await import('../reports/verification-tables.ts')).verificationTable(answer.result)];
    case 'taken':
      return [(await import('../reports/verification-tables.ts')).takenTable(answer.result)];
    case 'take':
      return [(await import('../reports/verification-tables.ts')).recordTable(answer.result)];
    case 'simulation':
      return answer.tables;
    case 'runs':
      return [(await import('../reports/runs-table.ts')).runsTable(answer.result)];
    case 'receipt':
      return [(await import('../reports/receipt-table.ts')).receiptTable(answer.result)];
    case 'cadence':
      return [(await import('../reports/cadence-table.ts')).cadenceTable(answer.result)];
    case 'import':
      return [
        (await import('../reports/plain-tables.ts')).importsTable([
          { ...answer.result, name: answer.result.kind },
        ]),
      ];
    case 'collect':
      return [(await import('../reports/plain-tables.ts')).importsTable(answer.result.sources)];
    case 'explain':
      return [(await import('../reports/plain-tables.ts')).explanationTable(answer.result)];
    case 'doctor':
      return [(await import('../reports/plain-tables.ts')).findingsTable(answer.result)];
    default:
      return answer satisfies never;
  }
}

async function plain(text: string): Promise<string> {
  return (await import('../reports/ascii.ts')).toAscii(text);
}
