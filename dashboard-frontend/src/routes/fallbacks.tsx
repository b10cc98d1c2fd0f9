import { Button } from '@mantine/core';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, ErrorState, Skeleton } from '../components/ui/states.tsx';
import { useConnection } from '../lib/api/use-connection.ts';

const Frame = ({ children }: { children: React.ReactNode }) => <div style={{ padding: '24px 32px' }}>{children}</div>;

export const RoutePending = () => (
  <Frame>
    <Skeleton lines={8} />
  </Frame>
);

/** Tries again by itself as soon as the box answers. */
export const RouteError = ({ error }: ErrorComponentProps) => {
  const router = useRouter();
  const { awaySince } = useConnection();
  const wasAway = useRef(awaySince !== null);
  useEffect(() => {
    if (wasAway.current && awaySince === null) void router.invalidate();
    wasAway.current = awaySince !== null;
  }, [awaySince, router]);
  return (
    <Frame>
      <ErrorState error={error} onRetry={() => void router.invalidate()} />
    </Frame>
  );
};

export const NotFound = () => {
  const { t } = useTranslation();
  return (
    <Frame>
      <Empty
        title={t('error.noPage')}
        action={
          <Button component={Link} to="/" variant="default">
            {t('error.toOverview')}
          </Button>
        }
      >
        {t('error.noPageTodo')}
      </Empty>
    </Frame>
  );
};
