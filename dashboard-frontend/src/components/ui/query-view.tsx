import type { UseQueryResult } from '@tanstack/react-query';
import { useFormat, useNow } from '../../lib/format/use-format.ts';
import { useConnection } from '../../lib/api/use-connection.ts';
import { useTranslation } from 'react-i18next';
import styles from './query-view.module.css';
import { ErrorState, Skeleton } from './states.tsx';

/** Old values stay readable, greyed, with their age. */
export const Stale = ({ since, quiet, children }: { since: number | undefined; quiet: boolean; children: React.ReactNode }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  if (since === undefined) return children;
  return (
    <div className={styles.stale}>
      {!quiet && (
        <p className={styles.age} role="status">
          {t('stale', { age: format.duration(Math.max(1000, now - since)) })}
        </p>
      )}
      <div className={styles.old}>{children}</div>
    </div>
  );
};

interface Props<Data> {
  query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'isPending' | 'dataUpdatedAt' | 'refetch'>;
  skeleton?: React.ReactNode;
  /** The age of old values is said elsewhere on the page. */
  quiet?: boolean;
  children: (data: Data) => React.ReactNode;
}

/** The states of anything that is fetched: loading, failed, old, there. */
export const QueryView = <Data,>({ query, skeleton, quiet = false, children }: Props<Data>) => {
  const { awaySince } = useConnection();
  if (query.data === undefined) {
    if (query.error !== null) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
    return skeleton ?? <Skeleton />;
  }
  return (
    <Stale since={awaySince === null ? undefined : query.dataUpdatedAt} quiet={quiet}>
      {children(query.data)}
    </Stale>
  );
};
