import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { FeedbackSuggestion } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import type { Draft } from './golden-dialog.tsx';
import styles from './quality.module.css';

const SHOWN = 20;

/** What people said of their answers: each can become a golden question. Shows nothing when nobody said anything. */
export const Suggestions = ({ onAdopt }: { onAdopt: (draft: Draft) => void }) => {
  const { t } = useTranslation('quality');
  const query = useQuery({ queryKey: ['feedback'], queryFn: () => api.page('/feedback', 'feedbackSuggestion', { query: { limit: SHOWN } }) });
  const items = query.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t('feedback.title')}>
      <ul className={styles.suggestions}>
        {items.map((item) => (
          <Suggestion key={item.messageId} item={item} onAdopt={onAdopt} />
        ))}
      </ul>
    </Section>
  );
};

const Suggestion = ({ item, onAdopt }: { item: FeedbackSuggestion; onAdopt: (draft: Draft) => void }) => {
  const { t } = useTranslation(['quality', 'common']);
  const { messageId, question, verdict, reason, comment, cited, askedBy, createdAt } = item;
  const dismiss = useMutation({
    mutationFn: () => api.act('POST', `/feedback/${messageId}/dismiss`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['feedback'] }),
    onError: sayError,
  });
  const first = cited[0];
  // What was good is the right place; what was bad names it only by chance.
  const adopt = () =>
    onAdopt({
      messageId,
      question,
      note: comment,
      ...(verdict === 'up' && first ? { documentId: first.documentId, filename: first.filename, page: first.page } : {}),
    });
  return (
    <li className={styles.suggestion}>
      <div>
        <p style={{ fontWeight: 500 }}>{question}</p>
        <p className="small quiet">
          <StateWord tone={verdict === 'up' ? 'ok' : 'bad'}>{t(`quality:feedback.${verdict}`)}</StateWord>
          {reason !== null && ` · ${t(`quality:reason.${reason}`)}`} · {askedBy} · <RelativeTime at={createdAt} />
        </p>
        {comment !== '' && <p className="small">{comment}</p>}
        {cited.length > 0 && (
          <p className="small quiet">
            {t('quality:feedback.cited', {
              places: cited
                .slice(0, 3)
                .map(({ filename, page }) => t('common:fileAndPage', { file: filename, page }))
                .join('; '),
            })}
          </p>
        )}
      </div>
      <div className={styles.side}>
        <Button size="xs" variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate()}>
          {t('quality:feedback.dismiss')}
        </Button>
        <Button size="xs" onClick={adopt}>
          {t('quality:feedback.adopt')}
        </Button>
      </div>
    </li>
  );
};
