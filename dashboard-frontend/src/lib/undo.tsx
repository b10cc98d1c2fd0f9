import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';

/** The box takes things back for ten seconds; the offer ends a little before, so that it is never an empty one. */
const UNDO_MS = 9_500;

/** Says what was done and offers to take it back while that is possible. */
export const offerUndo = ({ id, said, onUndo }: { id: string; said: string; onUndo(): void }): void => {
  const undo = () => {
    notifications.hide(id);
    onUndo();
  };
  notifications.show({
    id,
    autoClose: UNDO_MS,
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
