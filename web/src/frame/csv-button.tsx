import { Button } from '@mantine/core';
import { useState } from 'react';
import { problemFrom } from '../api/problem.ts';

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
      save(fileName, await csv());
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

function save(fileName: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
