import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { role } from '#contracts';
import type { Database, Notifier } from '#db';
import { AppError, type Clock } from '#kit';
import type { Authenticate, Principal, Scope } from '../../http/index.ts';
import type { ApiKeysRepository } from './api-keys.repository.ts';
import { readSessionCookie } from './cookies.ts';
import type { SessionsRepository } from './sessions.repository.ts';
import type { Tokens } from './tokens.ts';

/** Tokens remembered at most; a box has tens of people. */
const REMEMBERED = 10_000;
export const API_KEY_PREFIX = 'ark_';

interface Known {
  principal: Omit<Principal, 'ipAddress' | 'via'>;
  isKey: boolean;
  expiresAtMs: number;
}

interface Needs {
  database: Pick<Database, 'db'>;
  notifier: Pick<Notifier, 'subscribe' | 'onReconnect' | 'isListening'>;
  tokens: Tokens;
  sessions: Pick<SessionsRepository, 'findIdentity'>;
  keys: Pick<ApiKeysRepository, 'findIdentity'>;
  activity: { seen(id: string, isKey: boolean): void };
  clock: Clock;
}

/** The address that a request came from; IPv4 as IPv4, also on a dual-stack socket. */
export const addressOf = (request: Request): string => {
  const address = request.socket.remoteAddress ?? '0.0.0.0';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
};

export const hashApiKey = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const bearerOf = (header: string): string => {
  // As nearly every client writes it; the rest is read with more patience.
  if (header.startsWith('Bearer ') && !header.includes(' ', 7) && header.length > 7) return header.slice(7);
  const [scheme, credential, rest] = header.trim().split(/\s+/, 3);
  if (scheme?.toLowerCase() !== 'bearer' || !credential || rest)
    throw new AppError('unauthenticated', { message: 'The Authorization header must be “Bearer” and an access token or API key.' });
  return credential;
};

const ended = () => new AppError('unauthenticated', { message: 'This session or key has ended. Sign in again, or use another key.' });

/**
 * Tells who sent a request. What a token stands for is remembered, so that a request costs no database round trip;
 * a signal makes every process forget at once, and while signals cannot arrive the rows are asked each time.
 */
export const createIdentity = ({ database, notifier, tokens, sessions, keys, activity, clock }: Needs): { authenticate: Authenticate; close(): void } => {
  const known = new Map<string, Known>();
  // Counts what was forgotten: an answer that was on its way from the database meanwhile must not be remembered.
  let forgotten = 0;

  const forget = (which: (one: Known) => boolean) => {
    forgotten += 1;
    for (const [credential, one] of known) if (which(one)) known.delete(credential);
  };
  const subscriptions = [
    notifier.subscribe('session.revoked', ({ jti }) => forget((one) => one.principal.jti === jti)),
    notifier.subscribe('user.changed', ({ userId }) => forget((one) => one.principal.userId === userId)),
    notifier.onReconnect(() => forget(() => true)),
  ];

  const lookUpToken = async (token: string): Promise<Known | null> => {
    const claims = tokens.verify(token);
    const row = claims && (await sessions.findIdentity(database.db, claims.jti, new Date(clock.now())));
    if (!row || row.session_id !== claims.sessionId || row.uid !== claims.sub) return null;
    return {
      isKey: false,
      expiresAtMs: Math.min(row.expires_at.getTime(), claims.expiresAt.getTime()),
      principal: {
        userId: row.id,
        uid: row.uid,
        username: row.username,
        role: role.parse(row.role),
        workspaceId: row.workspace_id,
        sessionId: row.session_id,
        jti: claims.jti,
        csrfToken: tokens.csrfFor(row.session_id),
        scopes: null,
        mustChangePassword: row.must_change_password,
      },
    };
  };

  const lookUpKey = async (secret: string): Promise<Known | null> => {
    const row = await keys.findIdentity(database.db, hashApiKey(secret), new Date(clock.now()));
    if (!row) return null;
    return {
      isKey: true,
      expiresAtMs: row.expires_at?.getTime() ?? Infinity,
      principal: {
        userId: row.id,
        uid: row.uid,
        username: row.username,
        role: role.parse(row.role),
        workspaceId: row.workspace_id,
        sessionId: null,
        jti: row.key_id,
        csrfToken: null,
        scopes: row.scopes as Scope[],
        mustChangePassword: false,
      },
    };
  };

  const lookUp = async (credential: string): Promise<Known> => {
    const before = forgotten;
    const found = await (credential.startsWith(API_KEY_PREFIX) ? lookUpKey(credential) : lookUpToken(credential));
    if (!found) throw ended();
    if (notifier.isListening() && before === forgotten) {
      if (known.size >= REMEMBERED) known.delete(known.keys().next().value!);
      known.set(credential, found);
    }
    return found;
  };

  const present = (one: Known, request: Request, fromCookie: boolean): Principal => {
    activity.seen(one.principal.jti!, one.isKey);
    return { ...one.principal, via: one.isKey ? 'key' : fromCookie ? 'cookie' : 'token', ipAddress: addressOf(request) };
  };

  return {
    authenticate(request) {
      const header = request.headers.authorization;
      const credential = header === undefined ? readSessionCookie(request.headers.cookie) : bearerOf(header);
      if (credential === null) return null;
      const fromCookie = header === undefined;
      const one = known.get(credential);
      if (one && one.expiresAtMs > clock.now() && notifier.isListening()) return present(one, request, fromCookie);
      return lookUp(credential).then((found) => present(found, request, fromCookie));
    },
    close() {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
};
