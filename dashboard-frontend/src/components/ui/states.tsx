import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isApiError } from '../../lib/api/errors.ts';
import styles from './states.module.css';

/** Nothing here yet: what the place is for, and one thing to do. */
interface EmptyProps {
  title: string;
  children?: React.ReactNode;
  action?: React.ReactNode;
  /** `h1` where it is all that a page has to say. */
  as?: 'p' | 'h1';
}

export const Empty = ({ title, children, action, as: Title = 'p' }: EmptyProps) => (
  <div className={styles.state}>
    <Title className={styles.title}>{title}</Title>
    {children !== undefined && <div className={styles.text}>{children}</div>}
    {action !== undefined && <div className={styles.action}>{action}</div>}
  </div>
);

/** What went wrong, why, what to do, and an id to report. */
export const ErrorState = ({ error, onRetry, as: Title = 'p' }: { error: unknown; onRetry?: () => void; as?: 'p' | 'h1' }) => {
  const { t } = useTranslation();
  const known = isApiError(error) ? error : undefined;
  const title =
    known?.code === 'forbidden' ? t('error.forbidden') : known?.code === 'not_found' ? t('error.notFound') : known?.away ? t('error.away') : t('error.failed');
  const todo =
    known?.code === 'forbidden'
      ? t('error.forbiddenTodo')
      : known?.code === 'not_found'
        ? t('error.notFoundTodo')
        : known?.away
          ? t('error.awayTodo')
          : t('error.failedTodo');
  return (
    <div className={styles.state} role="alert">
      <Title className={styles.title}>{title}</Title>
      <div className={styles.text}>
        {known !== undefined && known.code !== 'network' && known.code !== 'forbidden' && <p>{known.message}</p>}
        {known === undefined && <p>{error instanceof Error ? error.message : String(error)}</p>}
        <p>{todo}</p>
        {known?.requestId !== undefined && (
          <p className={styles.report}>
            {t('error.report')} <code>{known.requestId}</code>
          </p>
        )}
      </div>
      {onRetry !== undefined && known?.code !== 'forbidden' && (
        <div className={styles.action}>
          <Button variant="default" onClick={onRetry}>
            {t('tryAgain')}
          </Button>
        </div>
      )}
    </div>
  );
};

/** Grey lines where text will be; they show only after 200 ms, so that what is quick does not blink. */
export const Skeleton = ({ lines = 5, height = 20 }: { lines?: number; height?: number }) => {
  const { t } = useTranslation();
  return (
    <div className={styles.skeleton} role="status" aria-label={t('loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} style={{ height, width: `${96 - ((line * 23) % 41)}%` }} />
      ))}
    </div>
  );
};
