import { Button, CloseButton, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { ViewRow } from '../../../src/app/results/search.ts';
import { fetchViews, removeView, saveView } from '../api/fetch-names.ts';
import { problemFrom } from '../api/problem.ts';
import { Link } from '../frame/link.tsx';
import { pageAddress } from './page-address.ts';

/** The views of this server, each with a link to give away, and a field that saves the page as it is. */
export default function ViewsPanel({ onGo }: Readonly<{ onGo: () => void }>) {
  const client = useQueryClient();
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const query = useQuery({ queryKey: ['views'], queryFn: ({ signal }) => fetchViews(signal) });

  const change = async (work: () => Promise<string>): Promise<boolean> => {
    setProblem(null);
    setSaid('');
    try {
      setSaid(await work());
      await client.invalidateQueries({ queryKey: ['views'] });
      return true;
    } catch (error) {
      setProblem(problemText(error));
      return false;
    }
  };
  const shownProblem = problem ?? (query.isError ? problemText(query.error) : null);

  return (
    <>
      <SaveForm
        onSave={(name) =>
          change(
            async () => `Saved. ${location.origin}${(await saveView(name, pageAddress())).link} opens it.`,
          )
        }
      />
      {shownProblem && (
        <p className="field-error" role="alert">
          {shownProblem}
        </p>
      )}
      <p className="note" role="status">
        {said}
      </p>
      {query.data?.rows.length === 0 && <p className="note">No views are saved yet.</p>}
      <ul className="views-list">
        {query.data?.rows.map((view) => (
          <ViewEntry
            key={view.name}
            view={view}
            onGo={onGo}
            onRemove={() =>
              void change(async () => {
                await removeView(view.name);
                return `Deleted “${view.name}”.`;
              })
            }
          />
        ))}
      </ul>
    </>
  );
}

function SaveForm({ onSave }: Readonly<{ onSave: (name: string) => Promise<boolean> }>) {
  const [name, setName] = useState('');
  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() !== '' && (await onSave(name.trim()))) setName('');
  };
  return (
    <form className="views-save" onSubmit={onSubmit}>
      <TextInput
        size="xs"
        label="Save this page as"
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={name.trim() === ''}>
        Save
      </Button>
    </form>
  );
}

type ViewEntryProps = Readonly<{ view: ViewRow; onGo: () => void; onRemove: () => void }>;

function ViewEntry({ view, onGo, onRemove }: ViewEntryProps) {
  return (
    <li>
      <Link href={view.address} onGo={onGo}>
        {view.name}
      </Link>
      <CloseButton size="sm" aria-label={`Delete the view ${view.name}`} onClick={onRemove} />
    </li>
  );
}

function problemText(error: unknown): string {
  const { title, detail, remedy, code } = problemFrom(error);
  return [`${title}.`, detail && `${detail}.`, `What to do: ${remedy}.`, code && `(${code})`]
    .filter(Boolean)
    .join(' ')
    .replaceAll('..', '.');
}
