import { Menu, SegmentedControl, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconApi, IconLogout, IconUser } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, type Language } from '../../i18n/i18n.ts';
import { api } from '../../lib/api/client.ts';
import { queryClient, useMe } from '../../lib/api/queries.ts';
import styles from './account-menu.module.css';

const useSignOut = () => {
  const navigate = useNavigate();
  return async () => {
    // Signed out here even when the box does not answer: what was shown is forgotten at once.
    await api.act('POST', '/auth/logout').catch(() => undefined);
    await navigate({ to: '/login' });
    queryClient.clear();
  };
};

/** Who is signed in, with the choices of this browser: language, colours. */
export const AccountMenu = ({ wide }: { wide: boolean }) => {
  const { t } = useTranslation();
  const me = useMe();
  const signOut = useSignOut();
  if (me === undefined) return <div className={styles.button} />;
  return (
    <Menu position="right-end" width={264}>
      <Menu.Target>
        <UnstyledButton className={styles.button} aria-label={wide ? undefined : t('account.menu', { name: me.username })}>
          <span className={styles.letter} aria-hidden="true">
            {me.username.slice(0, 1).toUpperCase()}
          </span>
          {wide && (
            <span className={styles.who}>
              <span className="clip">{me.username}</span>
              <span className={styles.role}>{t(`roles.${me.role}`)}</span>
            </span>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} />}>
          {t('places.account')}
        </Menu.Item>
        <Menu.Item component="a" href="/api/docs" leftSection={<IconApi size={16} />}>
          {t('places.api')}
        </Menu.Item>
        <Menu.Divider />
        <Appearance />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

/** Colours and language, kept in this browser. */
export const Appearance = () => {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={styles.choices}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('scheme.label')}
        value={colorScheme}
        onChange={(value) => setColorScheme(value)}
        data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(`scheme.${value}`) }))}
      />
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('language')}
        value={i18n.language}
        onChange={(value) => void chooseLanguage(value as Language)}
        data={[
          { value: 'en', label: 'English' },
          { value: 'de', label: 'Deutsch' },
        ]}
      />
    </div>
  );
};
