import type { Request, Response } from 'express';

const SESSION_COOKIE = 'arasul_session';
const CSRF_COOKIE = 'arasul_csrf';

const isSecure = (request: Request): boolean => request.secure || request.headers['x-forwarded-proto'] === 'https';

/** The value of the session cookie, or null. */
export const readSessionCookie = (header: string | undefined): string | null => {
  if (!header) return null;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === SESSION_COOKIE) return pair.slice(at + 1).trim() || null;
  }
  return null;
};

/** Gives a browser its session: one cookie that scripts cannot read, and one that the dashboard sends back as `x-csrf-token`. */
export const setSessionCookies = (request: Request, response: Response, grant: { accessToken: string; csrfToken: string; expiresAt: Date }): void => {
  const options = { sameSite: 'strict', secure: isSecure(request), path: '/', expires: grant.expiresAt } as const;
  response.cookie(SESSION_COOKIE, grant.accessToken, { ...options, httpOnly: true });
  response.cookie(CSRF_COOKIE, grant.csrfToken, options);
};

export const clearSessionCookies = (request: Request, response: Response): void => {
  const options = { sameSite: 'strict', secure: isSecure(request), path: '/' } as const;
  response.clearCookie(SESSION_COOKIE, { ...options, httpOnly: true });
  response.clearCookie(CSRF_COOKIE, options);
};
