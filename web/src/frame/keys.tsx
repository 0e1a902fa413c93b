import { Kbd, Modal, Switch } from '@mantine/core';
import { useEffect } from 'react';

export type KeyAction = Readonly<{ key: string; what: string; run: () => void }>;

/** Runs an action on its key, unless the person is typing, holds a modifier, or has switched single keys off (WCAG 2.1.4). */
export function useKeys(actions: readonly KeyAction[], isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const action = actions.find(({ key }) => key === event.key);
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
    target.closest('input:not([type=radio]), select, textarea, [role=dialog]') !== null
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
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Keys"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <dl className="keys">
        {actions.map(({ key, what }) => (
          <div key={key}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Kbd>←</Kbd> <Kbd>→</Kbd>
          </dt>
          <dd>in the chart: the day before, the day after</dd>
        </div>
      </dl>
      <Switch
        label="Single keys work on this page"
        checked={isOn}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
    </Modal>
  );
}
