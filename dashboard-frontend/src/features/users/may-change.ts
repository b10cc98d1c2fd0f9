import type { Role, UserView } from '#contracts';
import { hasRole } from '../../lib/api/queries.ts';

/** Whether `me` may change `user` here: not oneself (that is the account page's matter), and owners only as an owner. */
export const mayChange = (me: UserView | undefined, user: UserView): boolean =>
  me !== undefined && me.id !== user.id && hasRole(me, 'admin') && (me.role === 'owner' || user.role !== 'owner');

/** The roles that can be given here; there is one way to become owner, and it is not this. */
export const rolesToGive: Exclude<Role, 'owner'>[] = ['viewer', 'user', 'admin'];
