import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBoxName } from '../../lib/api/queries.ts';
import { Bell } from '../../features/bell/index.ts';
import { AccountMenu } from './account-menu.tsx';
import { Logo } from './logo.tsx';
import { places } from './places.ts';
import styles from './rail.module.css';
import { usePhone } from './use-phone.ts';

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
export const commandKey = mac ? '⌘ K' : 'Ctrl K';

export const Rail = ({ open, onToggle, onSearch }: { open: boolean; onToggle: () => void; onSearch: () => void }) => {
  const { t } = useTranslation();
  const box = useBoxName();
  const phone = usePhone();
  const toggle = open ? t('rail.close') : t('rail.open');
  return (
    <header className={styles.rail} data-open={open || undefined}>
      <div className={styles.top}>
        <Link to="/" className={styles.brand} aria-label={box}>
          <Logo />
          {open && <span className="clip">{box}</span>}
        </Link>
        {open && !phone && <Bell />}
        {open && <Toggle name={toggle} onClick={onToggle} open />}
      </div>
      <Tooltip label={`${t('search')} (${commandKey})`} position="right" disabled={open}>
        <button type="button" className={styles.search} onClick={onSearch} aria-label={open ? undefined : t('search')} aria-keyshortcuts="Control+K Meta+K">
          <IconSearch size={18} stroke={1.6} />
          {open && (
            <>
              <span>{t('search')}</span>
              <kbd>{commandKey}</kbd>
            </>
          )}
        </button>
      </Tooltip>
      <nav className={styles.nav} aria-label={t('rail.label')}>
        {places.map(({ to, name, key, icon: Icon }) => (
          <Tooltip key={to} label={t(`places.${name}`)} position="right" disabled={open}>
            <Link
              to={to}
              className={styles.place}
              activeOptions={{ exact: to === '/' }}
              aria-keyshortcuts={`g ${key}`}
              aria-label={open ? undefined : t(`places.${name}`)}
            >
              <Icon size={20} stroke={1.6} />
              {open && <span>{t(`places.${name}`)}</span>}
            </Link>
          </Tooltip>
        ))}
      </nav>
      <div className={styles.bottom}>
        {!open && !phone && <Bell />}
        {!open && <Toggle name={toggle} onClick={onToggle} open={false} />}
        <AccountMenu wide={open} />
      </div>
    </header>
  );
};

const Toggle = ({ name, onClick, open }: { name: string; onClick: () => void; open: boolean }) => (
  <Tooltip label={name} position="right">
    <ActionIcon aria-label={name} aria-expanded={open} onClick={onClick}>
      {open ? <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} /> : <IconLayoutSidebarLeftExpand size={18} stroke={1.6} />}
    </ActionIcon>
  </Tooltip>
);
