import type { Box } from '#contracts';
import { ActionIcon, Tooltip } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Skeleton } from '../../components/ui/states.tsx';
import { PdfPage } from './pdf-page.tsx';
import styles from './pdf-view.module.css';
import { usePdf } from './use-pdf.ts';

const ZOOMS = [0.6, 0.8, 1, 1.25, 1.5, 2, 3];
const MARGIN = 16;

export interface Focus {
  page: number;
  boxes: readonly Box[];
}

interface Props {
  url: string;
  /** Where to open: the page, and the boxes to mark there. A new object scrolls again. */
  focus: Focus | undefined;
  actions?: React.ReactNode;
}

/** A PDF as a scroll of pages with the cited passage marked. */
export const PdfView = ({ url, focus, actions }: Props) => {
  const { t } = useTranslation('documents');
  const { pdf, error } = usePdf(url);
  const size = useElementSize();
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const [zoom, setZoom] = useState(1);
  const [current, setCurrent] = useState(focus?.page ?? 1);
  const frame = useMergedRef(size.ref, setScroller);
  const width = Math.max(0, Math.floor((size.width - 2 * MARGIN) * zoom));
  const pages = pdf?.document.numPages ?? 0;

  const goTo = useCallback(
    (page: number) => {
      const sheet = scroller?.querySelector<HTMLElement>(`[data-page="${Math.min(Math.max(1, page), pages)}"]`);
      if (sheet && scroller) scroller.scrollTop = sheet.offsetTop - MARGIN;
    },
    [scroller, pages],
  );

  // To the passage once the pages stand; again whenever another one is asked for.
  const arrived = useRef<Focus>(undefined);
  useEffect(() => {
    if (focus === undefined || arrived.current === focus || scroller === null || pages === 0 || width === 0) return;
    arrived.current = focus;
    const sheet = scroller.querySelector<HTMLElement>(`[data-page="${focus.page}"]`);
    if (sheet === null) return;
    const first = focus.boxes.find(({ page }) => page === focus.page);
    const inside = first === undefined ? 0 : Math.max(0, first.y * sheet.offsetHeight - scroller.clientHeight * 0.25);
    scroller.scrollTop = sheet.offsetTop - MARGIN + inside;
  }, [focus, scroller, pages, width]);

  // A new width makes every page higher or lower: what was in sight stays there (a phone that is turned, a panel that is drawn wider).
  const inSight = useRef<{ page: number; within: number }>(undefined);
  useLayoutEffect(() => {
    const seen = inSight.current;
    if (seen === undefined || scroller === null) return;
    const sheet = scroller.querySelector<HTMLElement>(`[data-page="${seen.page}"]`);
    if (sheet !== null) scroller.scrollTop = sheet.offsetTop + seen.within * sheet.offsetHeight;
  }, [scroller, width]);

  useEffect(() => {
    if (scroller === null || pages === 0) return;
    const onScroll = () => {
      const middle = scroller.scrollTop + scroller.clientHeight / 3;
      const sheets = scroller.querySelectorAll<HTMLElement>('[data-page]');
      let low = 0;
      let high = sheets.length - 1;
      while (low < high) {
        const half = Math.ceil((low + high) / 2);
        if ((sheets[half]?.offsetTop ?? 0) <= middle) low = half;
        else high = half - 1;
      }
      setCurrent(low + 1);
      const sheet = sheets[low];
      if (sheet) inSight.current = { page: low + 1, within: (scroller.scrollTop - sheet.offsetTop) / Math.max(1, sheet.offsetHeight) };
    };
    onScroll();
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => scroller.removeEventListener('scroll', onScroll);
  }, [scroller, pages, width]);

  if (error !== undefined)
    return (
      <p className={styles.problem} role="alert">
        {t('viewer.failed', { why: error instanceof Error ? error.message : String(error) })}
      </p>
    );
  const step = (by: number) => setZoom((now) => ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(now) + by))] ?? 1);
  return (
    <div className={styles.view}>
      <div className={styles.toolbar} role="toolbar" aria-label={t('viewer.toolbar')}>
        <Tool name={t('viewer.previous')} onClick={() => goTo(current - 1)} disabled={current <= 1} icon={<IconChevronUp size={17} />} />
        <Tool name={t('viewer.next')} onClick={() => goTo(current + 1)} disabled={current >= pages} icon={<IconChevronDown size={17} />} />
        <PageField current={current} pages={pages} onGo={goTo} />
        <span className={styles.grow} />
        <Tool name={t('viewer.smaller')} onClick={() => step(-1)} disabled={zoom === ZOOMS[0]} icon={<IconZoomOut size={17} />} />
        <Tool name={t('viewer.larger')} onClick={() => step(1)} disabled={zoom === ZOOMS.at(-1)} icon={<IconZoomIn size={17} />} />
        {actions}
      </div>
      <div className={styles.scroll} ref={frame} tabIndex={0} aria-label={t('viewer.pages')}>
        {pdf === undefined ? (
          <div className={styles.waiting}>
            <Skeleton lines={12} />
          </div>
        ) : (
          Array.from({ length: pages }, (_, index) => (
            <PdfPage
              key={index}
              pdf={pdf}
              number={index + 1}
              width={width}
              scroller={scroller}
              marks={focus?.boxes.filter(({ page }) => page === index + 1) ?? NO_MARKS}
            />
          ))
        )}
      </div>
    </div>
  );
};

const NO_MARKS: never[] = [];

const Tool = ({ name, icon, onClick, disabled }: { name: string; icon: React.ReactNode; onClick: () => void; disabled: boolean }) => (
  <Tooltip label={name}>
    <ActionIcon aria-label={name} onClick={onClick} disabled={disabled} size="md" variant="subtle">
      {icon}
    </ActionIcon>
  </Tooltip>
);

const PageField = ({ current, pages, onGo }: { current: number; pages: number; onGo: (page: number) => void }) => {
  const { t } = useTranslation('documents');
  const [typed, setTyped] = useState<string>();
  return (
    <label className={styles.pageField}>
      <span className="only-heard">{t('viewer.page')}</span>
      <input
        inputMode="numeric"
        value={typed ?? current}
        onChange={(event) => setTyped(event.currentTarget.value.replaceAll(/\D/g, ''))}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={() => setTyped(undefined)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          if (typed) onGo(Number(typed));
          event.currentTarget.blur();
        }}
      />
      <span aria-hidden="true">/ {pages === 0 ? '–' : pages}</span>
    </label>
  );
};
