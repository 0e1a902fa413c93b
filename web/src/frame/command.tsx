import { Button, CopyButton } from '@mantine/core';

/** A command of the terminal with a button that copies it. */
export function Command({ text }: Readonly<{ text: string }>) {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy} aria-label={`Copy: ${text}`}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
