import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { RollBackPreview } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { refreshUpdates } from './use-updates.ts';
import styles from './updates.module.css';

/** What would be lost on the way back to the release before, and the decision. */
export const RollBackDialog = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation(['updates', 'common']);
  const errorText = useErrorText();
  const query = useQuery({ queryKey: ['updates', 'roll-back'], queryFn: () => api.get('/updates/roll-back', 'rollBackPreview') });
  const back = useMutation({
    mutationFn: () => api.post('/updates/roll-back', 'updateRequestView'),
    onSuccess: async () => {
      await refreshUpdates();
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t('updates:back.title')} size="lg">
      <QueryView query={query}>
        {(preview) => (
          <div className={styles.plan}>
            <Preview preview={preview} />
            {back.error !== null && (
              <p role="alert" className={styles.bad}>
                {errorText(back.error)}
              </p>
            )}
            <div className={styles.buttons}>
              <Button variant="default" onClick={onClose}>
                {t('common:cancel')}
              </Button>
              <Button color="red" disabled={preview.to === null} loading={back.isPending} onClick={() => back.mutate()}>
                {t('updates:back.act', { version: preview.to ?? '' })}
              </Button>
            </div>
          </div>
        )}
      </QueryView>
    </Dialog>
  );
};

const shown = (value: unknown, byDefault: string): string =>
  value === null || value === undefined ? byDefault : typeof value === 'string' ? value : JSON.stringify(value);

const Preview = ({ preview: { from, to, takenAt, settings, models, words } }: { preview: RollBackPreview }) => {
  const { t, i18n } = useTranslation('updates');
  const format = useFormat();
  const losses = settings.length + models.leave.length + models.return.length;
  return (
    <>
      <p>{to === null ? t('back.none') : t('back.about', { from, to })}</p>
      {takenAt !== null && (
        <div>
          <h3>{t('back.lost', { at: format.absolute(Date.parse(takenAt)) })}</h3>
          {losses === 0 ? (
            <p className="quiet">{t('back.nothing')}</p>
          ) : (
            <ul>
              {settings.map(({ key, now, then }) => (
                <li key={key} className={styles.name}>
                  {t('back.setting', { key, now: shown(now, t('back.default')), then: shown(then, t('back.default')) })}
                </li>
              ))}
              {models.leave.map((id) => (
                <li key={id}>{t('back.leave', { id })}</li>
              ))}
              {models.return.map((id) => (
                <li key={id}>{t('back.return', { id })}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      <ul>
        {words[i18n.language.startsWith('de') ? 'de' : 'en'].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  );
};
