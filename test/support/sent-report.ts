import type { SentReport } from '../../src/domain/governance/alerts/sent-report.ts';

/** A report with a bit of everything that has to be written with care. */
export const SENT_REPORT: SentReport = {
  name: 'board',
  kind: 'board',
  title: 'GPU and ML spend, October 2026',
  sentence: 'Search spent more than it may & <nobody> knows why — 4 × as much.',
  figures: [
    { label: 'Spent', value: '$140,000.00', note: '+$2 on September' },
    { label: 'Budget', value: '–', note: '' },
  ],
  notes: ['It was due at 2026-11-01 08:00 UTC, and is late.'],
  dueMs: Date.UTC(2026, 10, 1, 8),
  isLate: true,
  link: 'https://tare.example.com/x?a=1&b=2',
  document: { kind: 'board', sentence: 'Search spent more than it may & <nobody> knows why — 4 × as much.' },
  files: [{ name: 'tare-board-2026-10.csv', type: 'text/csv; charset=utf-8', content: Buffer.from('a,ä\n') }],
};
