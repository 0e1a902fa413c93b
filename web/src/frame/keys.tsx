import { CloseButton, Kbd, Switch } from '@mantine/core';
import { useEffect, useRef } from 'react';

/** `key` is one key, or two that follow each other: `g r`. */
export type KeyAction = Readonly<{ key: string; what: string; run: () => void }>;

/** Within this time the second key follows the first. */
const FOLLOWS_MS = 1_500;

/** Runs an action on its key, unless the person is typing, holds a modifier, or has switched single keys off (WCAG 2.1.4). */
export function useKeys(actions: readonly KeyAction[], isOn: boolean): void {
  const before = useRef({ key: '', atMs: 0 });
  useEffect(() => {
    if (!isOn) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const { key: first, atMs } = before.current;
      before.current = { key: event.key, atMs: event.timeStamp };
      const pair = event.timeStamp - atMs < FOLLOWS_MS ? `${first} ${event.key}` : '';
      const action = actions.find(({ key }) => key === pair) ?? actions.find(({ key }) => key === event.key);
      if (!action) return;
      event.preventDefault();
      action.run();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [actions, isOn]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type=radio]), select, textarea, dialog') !== null
  );
}

type KeysDialogProps = Readonly<{
  actions: readonly KeyAction[];
  isOpen: boolean;
  onClose: () => void;
  isOn: boolean;
  onSwitch: (isOn: boolean) => void;
}>;

export function KeysDialog({ actions, isOpen, onClose, isOn, onSwitch }: KeysDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    // The browser's own modal keeps the focus inside, closes on Esc, and gives the focus back.
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);

  return (
    <dialog ref={dialog} className="keys" aria-labelledby="keys-title" onClose={onClose}>
      <div className="keys-head">
        <h2 id="keys-title">Keys</h2>
        <CloseButton onClick={onClose} aria-label="Close" />
      </div>
      <dl>
        {actions.map(({ key, what }) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one) => (
                <Kbd key={one}>{one}</Kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
          </dt>
          <dd>find anything; on a Mac ⌘ K</dd>
        </div>
        <div>
          <dt>
            <Kbd>←</Kbd> <Kbd>→</Kbd>
          </dt>
          <dd>in a chart: the day or hour before, the one after</dd>
        </div>
      </dl>
      <Switch
        label="Single keys work on this page"
        checked={isOn}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
    </dialog>
  );
}
