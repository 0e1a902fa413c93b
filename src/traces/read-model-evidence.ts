import { MODEL_LEVERS, type ModelEvidence } from '../domain/levers/model-levers.ts';
import { EVIDENCE_COLUMNS } from './evidence-columns.ts';
import { type RecordCells, type RecordSettings, type Records, readRecords } from './read-records.ts';

/** What somebody measured of changes to models: a row for each lever and endpoint. */
export function readModelEvidence(path: string, settings: RecordSettings): Promise<Records<ModelEvidence>> {
  return readRecords(path, EVIDENCE_COLUMNS, settings, (cells) => ({
    lever: leverOf(cells),
    endpoint: cells.requiredText('endpoint'),
    share: shareOf(cells, 'share', 1),
    costFactor: costFactorOf(cells),
    qualityBefore: cells.amount('qualityBefore'),
    qualityAfter: cells.amount('qualityAfter'),
    tolerance: shareOf(cells, 'tolerance', 0),
    keepsAnswers: /^(yes|true|1)$/i.test(cells.text('keepsAnswers') ?? ''),
    source: cells.text('source') ?? 'stated without a source',
  }));
}

function leverOf(cells: RecordCells): ModelEvidence['lever'] {
  const text = cells.requiredText('lever');
  const found = MODEL_LEVERS.find((lever) => lever === text);
  if (found === undefined && cells.reject === null) {
    cells.fail(
      'lever',
      'unknown-word',
      `\`${text}\` is no lever on a model; expected ${MODEL_LEVERS.join(', ')}`,
    );
  }
  return found ?? 'quantise';
}

function shareOf(cells: RecordCells, name: string, otherwise: number): number {
  const value = cells.amount(name) ?? otherwise;
  if (value > 1) cells.fail(name, 'out-of-range', `${value} is more than all; expected 0 to 1`);
  return value;
}

function costFactorOf(cells: RecordCells): number {
  const [ratio, factor] = [cells.amount('throughputRatio'), cells.amount('costFactor')];
  if (factor !== null) return factor;
  if (ratio === null && cells.reject === null) {
    cells.fail('costFactor', 'missing-value', 'neither throughputRatio nor costFactor says what it changes');
  }
  if (ratio === 0) cells.fail('throughputRatio', 'out-of-range', '0 is no speed; expected more than zero');
  return ratio === null || ratio === 0 ? 1 : 1 / ratio;
}
