import {
  apiKeyCreate,
  apiKeyCreated,
  apiKeyView,
  byId,
  loginRequest,
  page,
  passwordChange,
  sessionGrant,
  sessionView,
  totpConfirm,
  totpEnrolment,
  userView,
} from '#contracts';
import type { Request, Response } from 'express';
import { route, type Route } from '../../http/index.ts';
import type { Accounts } from './index.ts';
import { clearSessionCookies, setSessionCookies } from './cookies.ts';
import { fromOf } from './from.ts';
import type { Grant } from './sessions.service.ts';

/** Hands a session over: in cookies for a browser, in the body for everything else. */
export const handOver = (request: Request, response: Response, grant: Grant) => {
  setSessionCookies(request, response, grant);
  response.setHeader('Cache-Control', 'no-store');
  return { accessToken: grant.accessToken, expiresAt: grant.expiresAt.toISOString(), user: grant.user };
};

export const accountRoutes = ({ signIn, sessions, passwords, totp, apiKeys, profiles }: Accounts): Route[] => [
  route({
    method: 'post',
    path: '/auth/login',
    auth: 'anyone',
    summary: 'Sign in with name and password, and six digits where the account asks for them.',
    body: loginRequest,
    output: sessionGrant,
    handle: async ({ body, request, response }) => handOver(request, response, await signIn.signIn(body, fromOf(request))),
  }),
  route({
    method: 'post',
    path: '/auth/logout',
    auth: 'viewer',
    summary: 'Sign out: the token is void at once, everywhere.',
    duringPasswordChange: true,
    handle: async ({ who, request, response }) => {
      await sessions.close(who);
      clearSessionCookies(request, response);
    },
  }),
  route({
    method: 'post',
    path: '/auth/refresh',
    auth: 'viewer',
    summary: 'A new token with a new time limit; the one sent is void at once.',
    duringPasswordChange: true,
    output: sessionGrant,
    handle: async ({ who, request, response }) => handOver(request, response, await sessions.refresh(who)),
  }),
  route({
    method: 'post',
    path: '/auth/password',
    auth: 'viewer',
    summary: 'Change one’s own password; all other sessions end.',
    duringPasswordChange: true,
    body: passwordChange,
    output: sessionGrant,
    handle: async ({ who, body, request, response }) => handOver(request, response, await passwords.change(who, body, fromOf(request))),
  }),
  route({
    method: 'get',
    path: '/auth/me',
    auth: 'viewer',
    summary: 'Who is signed in.',
    duringPasswordChange: true,
    output: userView,
    handle: ({ who }) => profiles.get(who.userId),
  }),

  route({
    method: 'get',
    path: '/auth/sessions',
    auth: 'viewer',
    summary: 'Where one is signed in.',
    output: page(sessionView),
    handle: ({ who }) => sessions.list(who),
  }),
  route({
    method: 'delete',
    path: '/auth/sessions/:id',
    auth: 'viewer',
    summary: 'Sign out there.',
    params: byId,
    handle: ({ who, params }) => sessions.closeOne(who, params.id),
  }),
  route({ method: 'delete', path: '/auth/sessions', auth: 'viewer', summary: 'Sign out everywhere but here.', handle: ({ who }) => sessions.closeOthers(who) }),

  route({
    method: 'post',
    path: '/auth/totp',
    auth: 'viewer',
    summary: 'Begin two-step sign-in: a secret for an authenticator app, shown once.',
    output: totpEnrolment,
    handle: ({ who }) => totp.enrol(who),
  }),
  route({
    method: 'post',
    path: '/auth/totp/confirm',
    auth: 'viewer',
    summary: 'Turn two-step sign-in on with a first code.',
    body: totpConfirm,
    handle: ({ who, body }) => totp.confirm(who, body.code),
  }),
  route({
    method: 'post',
    path: '/auth/totp/disable',
    auth: 'viewer',
    summary: 'Turn two-step sign-in off with a code.',
    body: totpConfirm,
    handle: ({ who, body }) => totp.disable(who, body.code),
  }),

  route({ method: 'get', path: '/auth/keys', auth: 'user', summary: 'One’s own API keys.', output: page(apiKeyView), handle: ({ who }) => apiKeys.list(who) }),
  route({
    method: 'post',
    path: '/auth/keys',
    auth: 'user',
    summary: 'Make an API key; its secret is shown this once.',
    body: apiKeyCreate,
    output: apiKeyCreated,
    status: 201,
    handle: ({ who, body }) => apiKeys.create(who, body),
  }),
  route({
    method: 'delete',
    path: '/auth/keys/:id',
    auth: 'user',
    summary: 'Revoke an API key.',
    params: byId,
    handle: ({ who, params }) => apiKeys.revoke(who, params.id),
  }),
];
