import { Button } from '@mantine/core';
import { useState } from 'react';
import { problemFrom } from '../api/problem.ts';
import { saveFile } from './save-file.ts';

type CsvButtonProps = Readonly<{
  fileName: string;
  what: string;
  /** At once, or from the server where the page does not have all rows. */
  csv: () => string | Promise<string>;
}>;

/** Saves the rows beside it, with every digit. */
export function CsvButton({ fileName, what, csv }: CsvButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const onClick = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      saveFile(fileName, await csv(), 'text/csv');
    } catch (error) {
      const { title, remedy } = problemFrom(error);
      setFailure(`${title}. ${remedy}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {failure && (
        <span className="field-error" role="alert">
          {failure}
        </span>
      )}
      <Button size="xs" variant="default" onClick={onClick} disabled={isBusy} aria-label={`${what} as CSV`}>
        CSV
      </Button>
    </>
  );
}
