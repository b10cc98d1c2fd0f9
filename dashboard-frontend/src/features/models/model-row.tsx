import { Button, Menu, ActionIcon } from '@mantine/core';
import { IconDots, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ModelView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { StateMark, StateWord } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { ApiError } from '../../lib/api/errors.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { sayError } from '../../lib/notify.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './models.module.css';

type Act = 'download' | 'cancel' | 'activate' | 'remove';

/** One model: what it is, whether it fits, and the one thing that can be done with it next. */
export const ModelRow = ({ model }: { model: ModelView }) => {
  const { t } = useTranslation('models');
  const format = useFormat();
  const errorText = useErrorText();
  const act = useMutation({
    mutationFn: (what: Act) =>
      what === 'remove' ? api.act('DELETE', `/models/${encodeURIComponent(model.id)}`) : api.act('POST', `/models/${encodeURIComponent(model.id)}/${what}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['models'] }),
    onError: sayError,
  });
  const { state, download, error, fits, reason, active, memory } = model;
  return (
    <li className={styles.model} data-active={active || undefined}>
      <div className={styles.words}>
        <h3>
          {model.name}
          {model.recommended && <span className={styles.tag}>{t('recommended')}</span>}
        </h3>
        <p className="quiet">{model.description}</p>
        <p className={styles.facts}>
          <span>{t('size', { size: format.bytes(model.sizeBytes) })}</span>
          <span>{t('memory', { memory: format.bytes(model.memoryBytes) })}</span>
          <span>{t('context', { tokens: format.number(model.contextTokens) })}</span>
          <span>{model.languages.map((code) => languageName(code, format.locale)).join(', ')}</span>
          <span>{model.licence}</span>
        </p>
        {!fits && (
          <p className={styles.misfit}>
            <StateMark tone="warn" /> {reason ?? t('misfit')}
          </p>
        )}
        {fits && memory !== null && memory.verdict !== 'loaded' && memory.verdict !== 'fits' && (
          <p className={styles.misfit}>
            <StateMark tone={memory.verdict === 'switch' ? 'idle' : 'warn'} /> {t(`room.${memory.verdict}`, { needed: format.bytes(memory.neededBytes) })}
          </p>
        )}
        {state === 'failed' && error !== null && (
          <p className={styles.failed} role="alert">
            <StateMark tone="bad" /> {errorText(new ApiError({ code: error.code as 'download_failed', message: error.message, status: 502 }))}
          </p>
        )}
      </div>
      <div className={styles.side}>
        {(state === 'downloading' || state === 'queued' || state === 'verifying') && (
          <div className={styles.progress}>
            <span className="small num">
              {t(`state.${state}`)}
              {download !== null &&
                state === 'downloading' &&
                ` ${t('of', { done: format.bytes(download.doneBytes), total: format.bytes(download.totalBytes) })}`}
            </span>
            <Bar share={download === null || state !== 'downloading' ? undefined : download.doneBytes / Math.max(1, download.totalBytes)} label={model.name} />
            <span className="small quiet num">
              {[
                download?.bytesPerSecond == null ? '' : format.speed(download.bytesPerSecond),
                download?.etaMs == null ? '' : t('left', { time: format.estimate(download.etaMs) }),
              ]
                .filter(Boolean)
                .join(' · ') || '\u00a0'}
            </span>
          </div>
        )}
        {active && <StateWord tone="ok">{t('active')}</StateWord>}
        {(state === 'available' || state === 'failed') && (
          <Button variant={model.recommended ? 'filled' : 'default'} disabled={!fits} onClick={() => act.mutate('download')} loading={act.isPending}>
            {state === 'failed' ? t('again') : t('download')}
          </Button>
        )}
        {(state === 'downloading' || state === 'queued') && (
          <Button variant="default" onClick={() => act.mutate('cancel')} loading={act.isPending}>
            {t('cancel')}
          </Button>
        )}
        {state === 'ready' && !active && (
          <Button variant="default" disabled={!fits} onClick={() => act.mutate('activate')} loading={act.isPending}>
            {t('activate')}
          </Button>
        )}
        {state === 'ready' && !active && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={t('more', { name: model.name })}>
                <IconDots size={17} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconTrash size={15} />} onClick={() => act.mutate('remove')}>
                {t('remove')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </li>
  );
};

/** A language's own page name where the code is one; catalogues also say “multilingual”. */
const languageName = (code: string, locale: string): string => {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
};
