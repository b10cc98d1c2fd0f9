import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { UpdateBundleView, UpdatePlanView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { refreshUpdates } from './use-updates.ts';
import styles from './updates.module.css';

/** What a bundle would change, how long it takes and what may go wrong; then the decision. */
export const PlanDialog = ({ bundle, onClose }: { bundle: UpdateBundleView & { plan: UpdatePlanView }; onClose: () => void }) => {
  const { t, i18n } = useTranslation(['updates', 'common']);
  const format = useFormat();
  const errorText = useErrorText();
  const { plan } = bundle;
  const language = i18n.language.startsWith('de') ? 'de' : 'en';
  const apply = useMutation({
    mutationFn: () => api.post(`/updates/bundles/${bundle.id}/apply`, 'updateRequestView', { sha256: plan.sha256 }),
    onSuccess: async () => {
      await refreshUpdates();
      onClose();
    },
  });
  const changed = plan.components.filter(({ version, before }) => version !== before);
  return (
    <Dialog onClose={onClose} title={t('updates:plan.title', { from: plan.from, to: plan.to })} size="lg">
      <div className={styles.plan}>
        <p className="quiet">{t('updates:plan.signed', { by: plan.signedBy, expires: format.day(Date.parse(plan.expires)) })}</p>
        <div>
          <h3>{t('updates:plan.changes')}</h3>
          <ul>
            {plan.changes[language].map((change) => (
              <li key={change}>{change}</li>
            ))}
            {changed.map(({ name, type, version, before }) => (
              <li key={`${type} ${name}`} className="num">
                {`${name}: ${before ?? t('updates:plan.new')} → ${version}`}
              </li>
            ))}
          </ul>
        </div>
        <p className="num">
          {t('updates:plan.cost', {
            time: format.duration(plan.durationMs),
            wait: format.duration(plan.downtimeMs),
            space: format.bytes(plan.spaceBytes),
            free: format.bytes(plan.freeBytes),
          })}
        </p>
        <div>
          <h3>{t('updates:plan.risks')}</h3>
          <ul>
            {plan.risks[language].map((risk) => (
              <li key={risk}>{risk}</li>
            ))}
          </ul>
        </div>
        {apply.error !== null && (
          <p role="alert" className={styles.bad}>
            {errorText(apply.error)}
          </p>
        )}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button loading={apply.isPending} onClick={() => apply.mutate()}>
            {t('updates:plan.apply', { version: plan.to })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
