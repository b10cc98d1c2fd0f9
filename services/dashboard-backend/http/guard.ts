import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '#kit';
import { roleAllows, type Principal } from './principal.ts';
import type { Route } from './route.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** A request of this very machine, not one that a proxy here passes on. */
export const isLocal = (request: Request): boolean =>
  LOOPBACK.has(request.socket.remoteAddress ?? '') && request.headers['x-forwarded-for'] === undefined && request.headers.forwarded === undefined;

const sameText = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Lets a request through to its route or throws why not: the one place where permission is decided. */
export const authorize = (route: Route, who: Principal | null, request: Request): void => {
  if (route.auth === 'anyone') return;
  if (route.auth === 'local') {
    if (isLocal(request)) return;
    if (who?.via === 'key' && route.scope && who.scopes?.includes(route.scope)) return;
    throw new AppError(who ? 'forbidden' : 'unauthenticated', {
      message: `This is open to this machine itself, and to API keys with the scope ${route.scope ?? '(none)'}.`,
    });
  }
  if (!who) throw new AppError('unauthenticated', { message: 'Sign in first, or send an access token or API key in the Authorization header.' });
  if (who.via === 'key') {
    if (!route.scope) throw new AppError('forbidden', { message: 'API keys may not do this; sign in as a person.' });
    if (!who.scopes?.includes(route.scope))
      throw new AppError('forbidden', { message: `This API key lacks the scope ${route.scope}.`, details: { scope: route.scope } });
  }
  if (!roleAllows(who.role, route.auth))
    throw new AppError('forbidden', {
      message: `This needs the role ${route.auth}; you are ${who.role}. Ask an administrator of this box.`,
      details: { needs: route.auth },
    });
  if (who.via === 'cookie' && !SAFE_METHODS.has(request.method)) {
    const sent = request.headers['x-csrf-token'];
    if (typeof sent !== 'string' || !who.csrfToken || !sameText(sent, who.csrfToken)) {
      throw new AppError('csrf_failed', { message: 'The request lacks its protection token; reload the page and try again.' });
    }
  }
  if (who.mustChangePassword && !route.duringPasswordChange)
    throw new AppError('forbidden', { message: 'Choose a new password first.', details: { mustChangePassword: true } });
};
