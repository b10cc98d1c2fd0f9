import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowUp, IconPlayerStopFilled } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { Past } from '../../components/ui/past.tsx';
import { startOfDay } from '../../lib/days.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { isApiError } from '../../lib/api/errors.ts';
import { sayError } from '../../lib/notify.ts';
import { AsOfPicker } from './as-of-picker.tsx';
import type { Question, Scope } from './ask.ts';
import styles from './composer.module.css';
import { ModePicker } from './mode-picker.tsx';
import { ScopePicker } from './scope-picker.tsx';

const MOST_CHARACTERS = 20_000;

interface Props {
  /** Drafts are kept apart by conversation, until the tab is closed. */
  draftKey: string;
  scope: Scope;
  onScope: (scope: Scope) => void;
  /** Resolves to whether it was taken; if not, the text stays. */
  onSend: (question: Question) => Promise<boolean>;
  /** The answer that is being written: Stop stands where Send was. */
  runningJobId?: string | undefined;
}

/** Always there. Enter sends, Shift+Enter makes a line. */
export const Composer = ({ draftKey, scope, onScope, onSend, runningJobId }: Props) => {
  const { t } = useTranslation('chat');
  const format = useFormat();
  const mayAsk = useMay('user');
  const stored = `arasul.draft.${draftKey}`;
  const [text, setText] = useState(() => sessionStorage.getItem(stored) ?? '');
  const [sending, setSending] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const stop = useMutation({
    mutationFn: (jobId: string) => api.act('POST', `/jobs/${jobId}/cancel`),
    onError: (error) => {
      // It had just finished by itself: nothing to stop is what was wanted.
      if (!isApiError(error, 'job_not_active')) sayError(error);
    },
  });

  useEffect(() => {
    if (text === '') sessionStorage.removeItem(stored);
    else sessionStorage.setItem(stored, text);
  }, [stored, text]);

  useLayoutEffect(() => {
    const field = area.current;
    if (field === null) return;
    field.style.height = '0';
    field.style.height = `${field.scrollHeight}px`;
  }, [text]);

  const ready = text.trim() !== '' && !sending && runningJobId === undefined;
  const send = async () => {
    if (!ready) return;
    setSending(true);
    const sent = text;
    setText('');
    const taken = await onSend({ content: sent, scope });
    if (!taken) setText(sent);
    setSending(false);
    area.current?.focus();
  };
  if (!mayAsk) return null;
  return (
    <form className={styles.composer} onSubmit={(event) => (event.preventDefault(), void send())}>
      {scope.asOf !== undefined && (
        <div className={styles.past}>
          <Past onNow={() => onScope({ ...scope, asOf: undefined })}>{t('asOf.asking', { day: format.day(startOfDay(scope.asOf).getTime()) })}</Past>
        </div>
      )}
      <div className={styles.box}>
        <textarea
          ref={area}
          value={text}
          maxLength={MOST_CHARACTERS}
          rows={1}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              void send();
            }
          }}
          placeholder={t('placeholder')}
          aria-label={t('placeholder')}
          autoFocus={matchMedia('(hover: hover)').matches}
        />
        <div className={styles.row}>
          <ScopePicker value={scope} onChange={onScope} />
          <ModePicker value={scope} onChange={onScope} />
          <AsOfPicker value={scope} onChange={onScope} />
          <span className={styles.hint}>{t('enterSends')}</span>
          {runningJobId === undefined ? (
            <Tooltip label={t('send')}>
              <ActionIcon type="submit" variant="filled" color="teal" aria-label={t('send')} disabled={!ready} loading={sending}>
                <IconArrowUp size={18} stroke={2} />
              </ActionIcon>
            </Tooltip>
          ) : (
            <Tooltip label={t('stop')}>
              <ActionIcon variant="default" aria-label={t('stop')} onClick={() => stop.mutate(runningJobId)} loading={stop.isPending}>
                <IconPlayerStopFilled size={15} />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
      </div>
    </form>
  );
};
