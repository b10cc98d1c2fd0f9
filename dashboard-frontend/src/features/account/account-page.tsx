import { useTranslation } from 'react-i18next';
import { Appearance } from '../../app/shell/account-menu.tsx';
import { Page, Section } from '../../components/ui/page.tsx';
import { hasRole, useMe } from '../../lib/api/queries.ts';
import styles from './account.module.css';
import { ApiKeys } from './api-keys.tsx';
import { ChangePassword } from './change-password.tsx';
import { Sessions } from './sessions.tsx';
import { TwoStep } from './two-step.tsx';

/** One's own account. While a first password must be changed, that alone is shown. */
export const AccountPage = () => {
  const { t } = useTranslation(['account', 'common']);
  const me = useMe();
  if (me === undefined) return null;
  if (me.mustChangePassword) {
    return (
      <Page title={t('account:mustChange')} sentence={t('account:mustChangeText')} width="form">
        <ChangePassword username={me.username} />
      </Page>
    );
  }
  return (
    <Page title={t('common:places.account')} sentence={t('account:sentence', { name: me.username, role: t(`common:roles.${me.role}`) })} width="form">
      <Section title={t('account:appearance')}>
        <div className={styles.appearance}>
          <Appearance />
        </div>
      </Section>
      <Section title={t('account:password.title')}>
        <ChangePassword username={me.username} />
      </Section>
      <Section title={t('account:totp.title')}>
        <TwoStep enabled={me.totpEnabled} />
      </Section>
      <Sessions />
      {hasRole(me, 'user') && <ApiKeys />}
    </Page>
  );
};
