import styles from './bar.module.css';

/** How far something is (0..1), with its words for those who do not see it. Without a share it only says that work goes on. */
export const Bar = ({ share, label, tone }: { share?: number; label: string; tone?: 'bad' | 'warn' }) => (
  <div
    className={styles.bar}
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
    data-tone={tone}
    data-unknown={share === undefined || undefined}
  >
    <span style={share === undefined ? undefined : { transform: `scaleX(${Math.max(0, Math.min(1, share))})` }} />
  </div>
);
