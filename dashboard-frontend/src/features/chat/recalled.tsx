import type { MessageView } from '#contracts';
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import { markSeen } from './recalled-query.ts';
import styles from './message.module.css';

/** Says that sources of an answer changed since, or are gone, and which. */
export const Recalled = ({ message, onAgain }: { message: MessageView; onAgain: (() => void) | undefined }) => {
  const { t } = useTranslation('chat');
  const format = useFormat();
  const { recalled } = message;
  if (recalled.length === 0) return null;
  const gone = recalled.every(({ reason }) => reason === 'deleted');
  const numbers = [...new Set(recalled.map(({ marker }) => marker))].map((marker) => `[${marker}]`).join(' ');
  return (
    <p className={styles.legend} role="note">
      <StateWord tone="warn">{t(gone ? 'recalled.deleted' : 'recalled.changed', { count: recalled.length })}</StateWord>{' '}
      {t('recalled.text', { numbers, when: format.absolute(Date.parse(recalled[0]!.at)) })}{' '}
      {onAgain && (
        <Button size="compact-xs" variant="default" onClick={() => (onAgain(), void markSeen([message.id]))}>
          {t('askAgain')}
        </Button>
      )}
    </p>
  );
};
