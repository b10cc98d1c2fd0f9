import type { Box } from '#contracts';
import { useIntersection } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextLayer, type RenderTask } from './pdf.ts';
import styles from './pdf-view.module.css';
import type { OpenPdf } from './use-pdf.ts';

/** Sharper than this no eye sees, and each step costs memory fourfold. */
const MOST_PIXEL_RATIO = 2;

interface Props {
  pdf: OpenPdf;
  number: number;
  /** Width on screen in CSS pixels. */
  width: number;
  marks: readonly Box[];
  scroller: HTMLElement | null;
}

/** One page: drawn while it is near, an empty sheet of the right size otherwise. */
export const PdfPage = ({ pdf, number, width, marks, scroller }: Props) => {
  const { t } = useTranslation('documents');
  const { ref, entry } = useIntersection({ root: scroller, rootMargin: '80% 0px' });
  const near = entry?.isIntersecting ?? false;
  const [ratio, setRatio] = useState(pdf.height / pdf.width);
  const [failed, setFailed] = useState(false);
  const drawing = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!near || width === 0) return;
    let live = true;
    setFailed(false);
    let render: RenderTask | undefined;
    let layer: InstanceType<typeof TextLayer> | undefined;
    const holder = drawing.current;
    const words = text.current;
    const draw = async () => {
      const page = await pdf.document.getPage(number);
      const natural = page.getViewport({ scale: 1 });
      if (!live || holder === null || words === null) return;
      setRatio(natural.height / natural.width);
      const viewport = page.getViewport({ scale: width / natural.width });
      const pixels = Math.min(devicePixelRatio, MOST_PIXEL_RATIO);
      // Drawn aside and then put in place: a change of size shows the old drawing until the new one is there.
      const surface = document.createElement('canvas');
      surface.width = Math.floor(viewport.width * pixels);
      surface.height = Math.floor(viewport.height * pixels);
      render = page.render({ canvas: surface, viewport, transform: [pixels, 0, 0, pixels, 0, 0] });
      await render.promise;
      if (!live) return;
      holder.replaceChildren(surface);
      words.replaceChildren();
      words.style.setProperty('--total-scale-factor', String(viewport.scale));
      layer = new TextLayer({ textContentSource: page.streamTextContent(), container: words, viewport });
      await layer.render();
    };
    draw().catch(() => {
      // A cancelled drawing is no failure: the page went out of sight.
      if (live) setFailed(true);
    });
    return () => {
      live = false;
      render?.cancel();
      layer?.cancel();
      words?.replaceChildren();
    };
  }, [near, number, pdf, width]);

  // What is far away gives its memory back.
  useEffect(() => {
    if (!near) drawing.current?.replaceChildren();
  }, [near]);

  return (
    <div
      ref={ref}
      className={styles.page}
      data-page={number}
      style={{ width, height: Math.round(width * ratio) }}
      role="group"
      aria-label={t('viewer.pageNumber', { page: number })}
    >
      <div ref={drawing} className={styles.drawing} aria-hidden="true" />
      {marks.map((mark, index) => (
        <span
          key={index}
          className={styles.mark}
          data-mark
          style={{ left: `${mark.x * 100}%`, top: `${mark.y * 100}%`, width: `${mark.w * 100}%`, height: `${mark.h * 100}%` }}
        />
      ))}
      <div ref={text} className={styles.text} />
      {failed && <p className={styles.undrawn}>{t('viewer.pageFailed', { page: number })}</p>}
    </div>
  );
};
