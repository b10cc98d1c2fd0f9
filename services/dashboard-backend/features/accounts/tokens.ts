import { createHmac } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Clock } from '#kit';

const ISSUER = 'arasul';

/** What an access token says; whether it still holds is for the session's row to say. */
export interface Claims {
  /** The user's public id. */
  sub: string;
  sessionId: string;
  jti: string;
  expiresAt: Date;
}

export interface Tokens {
  sign(claims: Claims): string;
  /** The claims of a token that this box signed and that has not expired; null for anything else. */
  verify(token: string): Claims | null;
  /** What unsafe requests of a cookie session must carry: bound to the session, useless without its cookie. */
  csrfFor(sessionId: string): string;
}

/** Access tokens: JWT, HS256, whole seconds. The same claims give the same token. */
export const createTokens = ({ secret, clock }: { secret: Buffer; clock: Clock }): Tokens => ({
  sign: ({ sub, sessionId, jti, expiresAt }) =>
    jwt.sign({ sid: sessionId, exp: Math.floor(expiresAt.getTime() / 1000) }, secret, {
      algorithm: 'HS256',
      issuer: ISSUER,
      subject: sub,
      jwtid: jti,
      noTimestamp: true,
    }),
  verify(token) {
    try {
      const claims = jwt.verify(token, secret, { algorithms: ['HS256'], issuer: ISSUER, clockTimestamp: Math.floor(clock.now() / 1000) });
      if (typeof claims === 'string' || !claims.sub || !claims.jti || !claims.exp || typeof claims.sid !== 'string') return null;
      return { sub: claims.sub, jti: claims.jti, sessionId: claims.sid, expiresAt: new Date(claims.exp * 1000) };
    } catch {
      return null;
    }
  },
  csrfFor: (sessionId) => createHmac('sha256', secret).update(`csrf:${sessionId}`).digest('base64url'),
});
