import type { CheckReport } from '../app/results/check.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** Violations, for CSV. */
export function checkTable({ violations }: CheckReport): TableModel {
  return {
    title: null,
    headline: null,
    columns: COLUMNS,
    rows: violations.map((violation) => ({
      file: cell(violation.file),
      line: cell(violation.line),
      rule: cell(violation.rule),
      policy: cell(violation.policy),
      severity: cell(violation.severity),
      launch: cell(violation.launch),
      message: cell(violation.message),
      fix: cell(violation.fix),
      estimatedCost: cell(violation.estimatedCost, '~'),
      estimatedCostPer: cell(violation.estimatedCostPer),
    })),
    rest: null,
    total: null,
    footnotes: [],
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'file', title: 'File', kind: 'text' },
  { name: 'line', title: 'Line', kind: 'count' },
  { name: 'rule', title: 'Rule', kind: 'text' },
  { name: 'policy', title: 'Policy', kind: 'text' },
  { name: 'severity', title: 'Severity', kind: 'text' },
  { name: 'launch', title: 'Launch', kind: 'text' },
  { name: 'message', title: 'Message', kind: 'text' },
  { name: 'fix', title: 'Fix', kind: 'text' },
  { name: 'estimatedCost', title: 'Cost', kind: 'money' },
  { name: 'estimatedCostPer', title: 'Per', kind: 'text' },
];
