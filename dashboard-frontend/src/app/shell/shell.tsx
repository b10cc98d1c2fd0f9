import { useLocalStorage } from '@mantine/hooks';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { BottomBar } from './bottom-bar.tsx';
import { Rail } from './rail.tsx';
import styles from './shell.module.css';
import { StatusLine } from './status-line.tsx';
import { useShortcuts } from './use-shortcuts.ts';

const Palette = lazy(async () => ({ default: (await import('../../features/palette/index.ts')).Palette }));

/** The frame of every page: rail, content, status line. A phone has a bottom bar in place of the rail. */
export const Shell = () => {
  const { t } = useTranslation();
  const [open, setOpen] = useLocalStorage({ key: 'arasul.rail', defaultValue: true, getInitialValueInEffect: false });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const palette = useShortcuts();

  // After a change of page the keyboard stands at its beginning, unless the page took the focus itself.
  useEffect(() => {
    const active = document.activeElement;
    if (active === null || active === document.body || !main.current?.contains(active)) main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <div className={styles.shell} data-open={open || undefined}>
      <a className={styles.skip} href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t('skip')}
      </a>
      <Rail open={open} onToggle={() => setOpen(!open)} onSearch={palette.open} />
      <main className={styles.main} id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <StatusLine />
      <BottomBar onSearch={palette.open} />
      {palette.opened && (
        <Suspense>
          <Palette onClose={palette.close} />
        </Suspense>
      )}
    </div>
  );
};
