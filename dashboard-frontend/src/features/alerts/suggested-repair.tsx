import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { IncidentDetail } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../components/ui/form-dialog.tsx';
import { queryClient } from '../../lib/api/queries.ts';
import { say } from '../../lib/notify.ts';
import { requestRepair, useHealingWords } from '../healing/index.ts';
import styles from './alerts.module.css';

/** The repair that may help, carried out when it was confirmed. */
export const SuggestedRepair = ({ repair: { issueId, fixup, words } }: { repair: NonNullable<IncidentDetail['repair']> }) => {
  const { t } = useTranslation('alerts');
  const healing = useHealingWords();
  const [asking, setAsking] = useState(false);
  const ask = useMutation({
    mutationFn: () => requestRepair({ issueId, fixup }),
    onSuccess: () => {
      setAsking(false);
      say(t('incident.repairAsked'));
      return queryClient.invalidateQueries({ queryKey: ['incident'] });
    },
  });
  const title = t('incident.repair', { what: healing.fixup(fixup) });
  return (
    <div className={styles.actions}>
      <span>{title}</span>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {t('incident.repairAsk')}
      </Button>
      {asking && (
        <FormDialog title={title} action={t('incident.repairAsk')} ready saving={ask} onClose={() => setAsking(false)}>
          <p style={{ margin: 0 }}>{words.en}</p>
        </FormDialog>
      )}
    </div>
  );
};
