import { Button } from '@mantine/core';
import type { ReportDocument } from '../../../src/app/results/documents.ts';
import { formatPercent } from '../format/quantity.ts';
import { Link } from '../frame/link.tsx';
import { Panel } from '../frame/panel.tsx';
import { documentPath, type ReportsState } from './reports-state.ts';

const FILES = ['pdf', 'png', 'html', 'md', 'csv', 'json'] as const;
const FILE_NAMES = {
  pdf: 'PDF',
  png: 'PNG',
  html: 'HTML',
  md: 'Markdown',
  csv: 'CSV',
  json: 'JSON',
} as const;

type PreviewProps = Readonly<{ document: ReportDocument; state: ReportsState }>;

/** The page as it is sent, and the files that it can be taken along as. */
export function DocumentPreview({ document, state }: PreviewProps) {
  const { windowName, coverage, isComplete } = document;
  const observed =
    coverage.observed === null ? 'not observed' : `${formatPercent(coverage.observed)} observed`;
  return (
    <Panel
      id="preview"
      title={`Preview, ${windowName}`}
      note={`${observed}${isComplete ? '' : '; the month is not over'}; every figure is that of the pages it comes from`}
      controls={
        <div className="document-files">
          <Button
            size="xs"
            component="a"
            href={documentPath(state, 'html')!}
            target="_blank"
            rel="noopener"
            variant="filled"
          >
            Open the page
          </Button>
          {FILES.map((format) => (
            <Button
              key={format}
              size="xs"
              variant="default"
              component="a"
              href={documentPath(state, format)!}
              download=""
              aria-label={`Save as ${FILE_NAMES[format]}`}
            >
              {FILE_NAMES[format]}
            </Button>
          ))}
        </div>
      }
    >
      <img className="document" src={documentPath(state, 'svg')!} alt={document.sentence} />
      <p className="note">
        Where the figures come from: <Link href="/">Overview</Link>, <Link href="/plan">Plan</Link>,{' '}
        <Link href="/units">Units</Link>, <Link href="/budgets">Budgets</Link>.
      </p>
    </Panel>
  );
}
