import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';

export const UNDO_MS = 10_000;

interface Undoable {
  id: string;
  said: string;
  onUndo(): void;
  /** Called once the ten seconds are over, or the page is left. */
  onFinal?(leaving: boolean): void;
}

/** Says what was done and offers to take it back for ten seconds. */
export const offerUndo = ({ id, said, onUndo, onFinal }: Undoable): void => {
  let open = true;
  const settle = (leaving: boolean) => {
    if (!open) return;
    open = false;
    clearTimeout(timer);
    window.removeEventListener('pagehide', leave);
    notifications.hide(id);
    onFinal?.(leaving);
  };
  const leave = () => settle(true);
  const timer = setTimeout(() => settle(false), UNDO_MS);
  window.addEventListener('pagehide', leave);
  const undo = () => {
    if (!open) return;
    open = false;
    clearTimeout(timer);
    window.removeEventListener('pagehide', leave);
    notifications.hide(id);
    onUndo();
  };
  notifications.show({
    id,
    autoClose: false,
    withCloseButton: false,
    color: 'gray',
    message: (
      <span style={{ display: 'flex', alignItems: 'center', gap: 16, justifyContent: 'space-between' }}>
        <span style={{ overflowWrap: 'anywhere' }}>{said}</span>
        <Button size="xs" variant="default" onClick={undo} style={{ flex: 'none' }}>
          {i18next.t('undo')}
        </Button>
      </span>
    ),
  });
};
