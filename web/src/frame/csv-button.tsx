import { Button } from '@mantine/core';

type CsvButtonProps = Readonly<{ fileName: string; what: string; csv: () => string }>;

/** Saves the rows beside it, with every digit. */
export function CsvButton({ fileName, what, csv }: CsvButtonProps) {
  return (
    <Button size="xs" variant="default" onClick={() => save(fileName, csv())} aria-label={`${what} as CSV`}>
      CSV
    </Button>
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
