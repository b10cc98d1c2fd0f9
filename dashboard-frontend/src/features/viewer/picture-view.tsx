import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Focus } from './pdf-view.tsx';
import styles from './picture-view.module.css';

interface Props {
  url: string;
  filename: string;
  focus: Focus | undefined;
  actions?: React.ReactNode;
}

/** A picture with the lines of a passage marked on it. */
export const PictureView = ({ url, filename, focus, actions }: Props) => {
  const { t } = useTranslation('documents');
  const [failed, setFailed] = useState(false);
  const first = useRef<HTMLSpanElement>(null);
  useEffect(() => first.current?.scrollIntoView({ block: 'center' }), [focus]);
  return (
    <div className={styles.view}>
      <div className={styles.toolbar} role="toolbar" aria-label={t('viewer.toolbar')}>
        <span className={styles.actions}>{actions}</span>
      </div>
      <div className={styles.scroll} tabIndex={0}>
        {failed ? (
          <p className="quiet">{t('viewer.pictureFailed')}</p>
        ) : (
          <div className={styles.sheet}>
            <img src={url} alt={filename} onError={() => setFailed(true)} />
            {(focus?.boxes ?? []).map(({ x, y, w, h }, at) => (
              <span
                key={at}
                ref={at === 0 ? first : undefined}
                data-mark
                className={styles.mark}
                style={{ left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` }}
              />
            ))}
          </div>
        )}
      </div>
    </div>
  );
};
