import { Button } from '@mantine/core';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, ErrorState, Skeleton } from '../components/ui/states.tsx';
import { useConnection } from '../lib/api/use-connection.ts';

/** Inside the shell its content stands in the page's main part already; alone it is that itself. */
const Frame = ({ children, alone = false }: { children: React.ReactNode; alone?: boolean }) => {
  const Place = alone ? 'main' : 'div';
  return <Place style={{ padding: '24px 32px' }}>{children}</Place>;
};

export const RoutePending = () => (
  <Frame>
    <Skeleton lines={8} />
  </Frame>
);

/** Tries again by itself as soon as the box answers. */
const Failure = ({ error, alone }: { error: unknown; alone: boolean }) => {
  const router = useRouter();
  const { awaySince } = useConnection();
  const wasAway = useRef(awaySince !== null);
  useEffect(() => {
    if (wasAway.current && awaySince === null) void router.invalidate();
    wasAway.current = awaySince !== null;
  }, [awaySince, router]);
  return (
    <Frame alone={alone}>
      <ErrorState as="h1" error={error} onRetry={() => void router.invalidate()} />
    </Frame>
  );
};

export const RouteError = ({ error }: ErrorComponentProps) => <Failure error={error} alone={false} />;

/** The same where not even the shell can be shown. */
export const ShellError = ({ error }: ErrorComponentProps) => <Failure error={error} alone />;

export const NotFound = () => {
  const { t } = useTranslation();
  return (
    <Frame alone>
      <Empty
        as="h1"
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
