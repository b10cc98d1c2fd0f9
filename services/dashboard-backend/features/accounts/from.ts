import type { Request } from 'express';
import { addressOf } from './identity.ts';

/** Where a request came from, as it is kept beside sessions and attempts. */
export interface From {
  ipAddress: string;
  userAgent: string | null;
}

const USER_AGENT_CHARS = 300;

export const fromOf = (request: Request): From => ({
  ipAddress: addressOf(request),
  userAgent: request.headers['user-agent']?.slice(0, USER_AGENT_CHARS) ?? null,
});
