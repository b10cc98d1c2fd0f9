import { redirect, type ParsedLocation } from '@tanstack/react-router';
import { isApiError } from '../lib/api/errors.ts';
import { meQuery, queryClient, setupQuery } from '../lib/api/queries.ts';

/** Lets the signed-in through; others go to set-up on a new box, else to the sign-in page, which brings them back. */
export const signedIn = async ({ location }: { location: ParsedLocation }): Promise<void> => {
  try {
    const me = await queryClient.ensureQueryData(meQuery);
    if (me.mustChangePassword && location.pathname !== '/account') redirect({ to: '/account', throw: true });
  } catch (error) {
    if (!isApiError(error, 'unauthenticated') && !isApiError(error, 'setup_required')) throw error;
    const { required } = await queryClient.fetchQuery(setupQuery);
    // The address in the terminal's QR code carries the one-time code behind the #.
    if (required) redirect({ to: '/setup', hash: location.hash, throw: true });
    redirect({ to: '/login', search: location.href === '/' ? {} : { to: location.href }, throw: true });
  }
};

/** Only a path of our own: a crafted link must not send people elsewhere after they sign in. */
export const safeDestination = (to: string | undefined): string => (to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/');
