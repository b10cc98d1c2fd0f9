import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../components/ui/states.tsx';
import { overviewQuery, useMay } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { askAnew, everything, type Question, type Scope } from './ask.ts';
import styles from './chat.module.css';
import { Composer } from './composer.tsx';

/** A conversation that has not begun: what can be asked, and the composer. */
export const NewConversation = () => {
  const { t } = useTranslation(['chat', 'common']);
  const format = useFormat();
  const navigate = useNavigate();
  const { document } = useSearch({ from: '/shell/chat/' });
  const { data } = useQuery(overviewQuery);
  const [scope, setScope] = useState<Scope>(document === undefined ? everything : { ...everything, documentIds: [document] });
  const counts = data?.counts;
  const mayAsk = useMay('user');
  const nothing = counts !== undefined && counts.passages === 0 && counts.documents.indexed === 0;
  const send = async (question: Question): Promise<boolean> => {
    try {
      const conversationId = await askAnew(question);
      await navigate({ to: '/chat/$conversationId', params: { conversationId } });
      return true;
    } catch (error) {
      sayError(error);
      return false;
    }
  };
  return (
    <>
      <div className={styles.beginning}>
        {!mayAsk ? (
          <Empty title={t('chat:viewersCannotAsk')}>{t('chat:viewersMayRead')}</Empty>
        ) : nothing ? (
          <Empty
            title={t('chat:begin.nothing')}
            action={
              <Button component={Link} to="/documents">
                {t('chat:begin.add')}
              </Button>
            }
          >
            {t('chat:begin.nothingText')}
          </Empty>
        ) : (
          <Empty title={t('chat:begin.title')}>
            <p>{counts === undefined ? '\u00a0' : t('chat:begin.text', { count: counts.documents.indexed, passages: format.number(counts.passages) })}</p>
            <p>{t('chat:begin.how')}</p>
          </Empty>
        )}
      </div>
      <Composer draftKey="new" scope={scope} onScope={setScope} onSend={send} />
    </>
  );
};
