import { role, type UserView } from '#contracts';
import type { UserRow } from './users.repository.ts';

/** The only door from a row of `admin_users` to JSON. `now` in milliseconds: a lock that is over is not told. */
export const toUserView = (user: UserRow, now: number): UserView => ({
  id: user.uid,
  username: user.username,
  email: user.email,
  role: role.parse(user.role),
  isActive: user.is_active,
  totpEnabled: user.totp_enabled,
  mustChangePassword: user.must_change_password,
  lockedUntil: user.locked_until && user.locked_until.getTime() > now ? user.locked_until.toISOString() : null,
  lastLogin: user.last_login?.toISOString() ?? null,
  createdAt: user.created_at.toISOString(),
});
