import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { TrustView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat, useNow } from '../../lib/format/use-format.ts';
import { sayError } from '../../lib/notify.ts';
import { Fingerprints, TrustDialog } from './trust-dialog.tsx';
import { refreshUpdates } from './use-updates.ts';
import styles from './updates.module.css';

const DAY_MS = 86_400_000;
const SOON_MS = 60 * DAY_MS;

/** Whose releases are taken: roots, their keys, and until when; add one, or refuse one from now on. */
export const TrustSection = ({ trust }: { trust: readonly TrustView[] }) => {
  const { t } = useTranslation('updates');
  const [adding, setAdding] = useState(false);
  return (
    <Section
      title={t('trust')}
      aside={
        <Button variant="default" onClick={() => setAdding(true)}>
          {t('trusting.add')}
        </Button>
      }
    >
      {trust.length === 0 ? <Empty title={t('nobody')}>{t('nobodyText')}</Empty> : trust.map((one) => <Source key={one.name} source={one} />)}
      {adding && <TrustDialog onClose={() => setAdding(false)} />}
    </Section>
  );
};

const Source = ({ source }: { source: TrustView }) => {
  const { t } = useTranslation('updates');
  const format = useFormat();
  const now = useNow(60_000);
  const { name, origin, revoked, rootVersion, threshold, keys, expires } = source;
  const turn = useMutation({
    mutationFn: () => api.post(`/updates/trust/${name}/${revoked ? 'restore' : 'revoke'}`, 'trustView'),
    onSuccess: refreshUpdates,
    onError: sayError,
  });
  const leftMs = Date.parse(expires) - now;
  return (
    <div className={styles.row}>
      <div className={styles.line}>
        <b>{name}</b>
        <span className="small quiet">{t(`trusting.${origin}`)}</span>
        {revoked && <StateWord tone="bad">{t('revoked')}</StateWord>}
        {!revoked && leftMs <= 0 && <StateWord tone="bad">{t('trusting.expired')}</StateWord>}
        {!revoked && leftMs > 0 && leftMs < SOON_MS && <StateWord tone="warn">{t('trusting.soon')}</StateWord>}
        <Button size="compact-sm" variant="default" loading={turn.isPending} onClick={() => turn.mutate()}>
          {t(revoked ? 'trusting.restore' : 'trusting.revoke')}
        </Button>
      </div>
      <p className="small quiet">{t('root', { version: rootVersion, threshold, count: keys.length, expires: format.absolute(Date.parse(expires)) })}</p>
      <Fingerprints keys={keys} />
    </div>
  );
};
