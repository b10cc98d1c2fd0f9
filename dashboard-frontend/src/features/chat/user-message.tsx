import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { MessageView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../components/ui/copy-button.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import styles from './message.module.css';

/** What a person asked; it can be changed and asked again at the end. */
export const UserMessage = ({ message, onAskAgain }: { message: MessageView; onAskAgain: ((text: string) => void) | undefined }) => {
  const { t } = useTranslation(['chat', 'common']);
  const [text, setText] = useState<string>();
  if (text !== undefined && onAskAgain) {
    const submit = () => {
      if (text.trim() === '') return;
      setText(undefined);
      onAskAgain(text);
    };
    return (
      <form className={styles.editing} onSubmit={(event) => (event.preventDefault(), submit())}>
        <textarea
          value={text}
          rows={Math.min(12, text.split('\n').length + 1)}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setText(undefined);
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              submit();
            }
          }}
          aria-label={t('chat:edit')}
          autoFocus
        />
        <div className={styles.editingActions}>
          <Button variant="default" size="xs" onClick={() => setText(undefined)}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" size="xs" disabled={text.trim() === ''}>
            {t('chat:askAgain')}
          </Button>
        </div>
      </form>
    );
  }
  return (
    <article className={styles.question} aria-label={t('chat:youAsked')}>
      <p className={styles.asked}>{message.content}</p>
      <div className={styles.tools}>
        <span className={styles.when}>
          <RelativeTime at={message.createdAt} />
        </span>
        <CopyButton text={message.content} label={t('chat:copyQuestion')} />
        {onAskAgain && (
          <Tooltip label={t('chat:edit')}>
            <ActionIcon aria-label={t('chat:edit')} onClick={() => setText(message.content)} size="md">
              <IconPencil size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </article>
  );
};
