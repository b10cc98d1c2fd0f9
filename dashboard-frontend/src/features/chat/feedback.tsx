import { ActionIcon, Button, Popover, Select, Textarea, Tooltip } from '@mantine/core';
import { IconThumbDown, IconThumbDownFilled, IconThumbUp, IconThumbUpFilled } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AnswerFeedback, FeedbackReason, MessageView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { placeMessages } from './queries.ts';

const reasons: FeedbackReason[] = ['wrong', 'incomplete', 'wrong_source', 'should_have_answered', 'should_have_refused', 'other'];

/** Thumbs on an answer; a thumb down asks why. Pressed again it is taken back. */
export const Feedback = ({ message }: { message: MessageView }) => {
  const { t } = useTranslation(['chat', 'quality', 'common']);
  const admin = useMay('admin');
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState<FeedbackReason | null>(message.feedback?.reason ?? null);
  const [comment, setComment] = useState(message.feedback?.comment ?? '');
  const given = message.feedback?.verdict;
  const send = useMutation({
    mutationFn: async (feedback: AnswerFeedback | null) => {
      const path = `/messages/${message.id}/feedback`;
      await (feedback === null ? api.act('DELETE', path) : api.act('PUT', path, { body: feedback }));
      return feedback;
    },
    onSuccess: (feedback) => {
      placeMessages(message.conversationId, [{ ...message, feedback }]);
      setAsking(false);
      if (feedback !== null) say(t('chat:feedback.thanks'));
    },
    onError: sayError,
  });
  const thumb = (verdict: 'up' | 'down') => {
    if (given === verdict) send.mutate(null);
    else if (verdict === 'up') send.mutate({ verdict, reason: null, comment: '' });
    else setAsking(true);
  };
  return (
    <>
      <Tooltip label={t('chat:feedback.up')}>
        <ActionIcon aria-label={t('chat:feedback.up')} aria-pressed={given === 'up'} onClick={() => thumb('up')} size="md" disabled={send.isPending}>
          {given === 'up' ? <IconThumbUpFilled size={16} /> : <IconThumbUp size={16} />}
        </ActionIcon>
      </Tooltip>
      <Popover opened={asking} onChange={setAsking} width={300} trapFocus returnFocus position="top-start">
        <Popover.Target>
          <Tooltip label={t('chat:feedback.down')}>
            <ActionIcon aria-label={t('chat:feedback.down')} aria-pressed={given === 'down'} onClick={() => thumb('down')} size="md" disabled={send.isPending}>
              {given === 'down' ? <IconThumbDownFilled size={16} /> : <IconThumbDown size={16} />}
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown>
          <form
            style={{ display: 'grid', gap: 12 }}
            onSubmit={(event) => {
              event.preventDefault();
              send.mutate({ verdict: 'down', reason, comment: comment.trim() });
            }}
          >
            <Select
              label={t('chat:feedback.why')}
              value={reason}
              onChange={(value) => setReason(value)}
              data={reasons.map((value) => ({ value, label: t(`quality:reason.${value}`) }))}
              comboboxProps={{ withinPortal: false }}
              data-autofocus
            />
            <Textarea
              label={t('chat:feedback.comment')}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
              maxLength={1000}
              autosize
            />
            <p className="small quiet">{t('chat:feedback.seen')}</p>
            <Button type="submit" size="xs" loading={send.isPending}>
              {t('chat:feedback.send')}
            </Button>
          </form>
        </Popover.Dropdown>
      </Popover>
      {admin && given !== undefined && (
        <Button size="xs" variant="subtle" renderRoot={(root) => <Link {...root} to="/system/quality" />}>
          {t('chat:feedback.keep')}
        </Button>
      )}
    </>
  );
};
