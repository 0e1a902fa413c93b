import { Button, CopyButton } from '@mantine/core';
import type { LeverWithFiles } from '../api/fetch-levers.ts';
import { Command } from '../frame/command.tsx';
import { Panel } from '../frame/panel.tsx';
import { saveFile } from '../frame/save-file.ts';
import { Scroller } from '../frame/scroller.tsx';

/** The change to make: the files that the command line would write, to copy or to keep. Tare applies nothing. */
export function ChangeFiles({ lever }: Readonly<{ lever: LeverWithFiles }>) {
  return (
    <Panel
      id="change"
      title="The change to make"
      note="Tare applies nothing: read the first lines of each file before you do."
    >
      {lever.files.length === 0 ? (
        <p>This change is made by hand: there is no file for it.</p>
      ) : (
        lever.files.map(({ file, text }) => <ChangeFile key={file} file={file} text={text} />)
      )}
      {lever.files.length > 0 && (
        <>
          <p className="note">All changes of the plan, as files:</p>
          <Command text="tare levers --emit changes/" />
        </>
      )}
    </Panel>
  );
}

function ChangeFile({ file, text }: Readonly<{ file: string; text: string }>) {
  return (
    <figure className="change-file" aria-label={file}>
      <figcaption>
        <code>{file}</code>
        <span className="panel-controls">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="compact-xs" variant="default" onClick={copy} aria-label={`Copy ${file}`}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => saveFile(file, text, 'application/yaml')}
            aria-label={`Download ${file}`}
          >
            Download
          </Button>
        </span>
      </figcaption>
      <Scroller label={`Text of ${file}`} className="change-text">
        <pre>{text}</pre>
      </Scroller>
    </figure>
  );
}
