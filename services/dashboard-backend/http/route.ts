import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Role } from '#contracts';
import type { Principal, Scope } from './principal.ts';

type Schema = z.ZodType | undefined;
type Out<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;
type Result<S extends Schema> = S extends z.ZodType ? z.input<S> : void;

/** Least role that may call; `anyone` needs no identity, `local` is for this machine alone (or a key with the route's scope). */
export type Auth = 'anyone' | 'local' | Role;

interface Described {
  method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** Express path below the mount point, such as `/documents/:id`. */
  path: string;
  auth: Auth;
  /** The scope that an API key needs; without one, keys are refused. */
  scope?: Scope;
  /** One line for the API page. */
  summary: string;
  /** Media type of the answer when it is not JSON, for the API page. */
  produces?: string;
  /** Media types of a body that the handler reads by itself, for the API page. */
  consumes?: readonly string[];
  /** Allowed while a password change is due. */
  duringPasswordChange?: true;
}

export interface Context<P, Q, B, Who> {
  who: Who;
  params: P;
  query: Q;
  body: B;
  request: Request;
  response: Response;
}

type WhoOf<A extends Auth> = A extends 'anyone' | 'local' ? Principal | null : Principal;

export interface Route extends Described {
  params: Schema;
  query: Schema;
  body: Schema;
  output: Schema;
  status: number;
  /** A handler that writes the response itself: uploads, files, event streams. */
  raw: boolean;
  handle(context: Context<unknown, unknown, unknown, Principal | null>): unknown;
}

interface JsonRoute<A extends Auth, P extends Schema, Q extends Schema, B extends Schema, O extends Schema> extends Described {
  auth: A;
  params?: P;
  query?: Q;
  body?: B;
  output?: O;
  /** Default 200, or 204 without `output`. */
  status?: number;
  handle(context: Context<Out<P>, Out<Q>, Out<B>, WhoOf<A>>): Promise<Result<O>> | Result<O>;
}

interface RawRoute<A extends Auth, P extends Schema, Q extends Schema, B extends Schema> extends Described {
  auth: A;
  params?: P;
  query?: Q;
  body?: B;
  /** Documents what is written; not enforced. */
  output?: Schema;
  status?: number;
  handle(context: Context<Out<P>, Out<Q>, Out<B>, WhoOf<A>>): Promise<void> | void;
}

/** Declares a route that answers with JSON; input is validated, and the handler sees the parsed values. */
export const route = <A extends Auth, P extends Schema = undefined, Q extends Schema = undefined, B extends Schema = undefined, O extends Schema = undefined>(
  declared: JsonRoute<A, P, Q, B, O>,
): Route => ({
  ...declared,
  params: declared.params,
  query: declared.query,
  body: declared.body,
  output: declared.output,
  status: declared.status ?? (declared.output ? 200 : 204),
  raw: false,
  handle: declared.handle,
});

/** Declares a route whose handler writes the response itself. A route without `body` gets the request's stream untouched. */
export const rawRoute = <A extends Auth, P extends Schema = undefined, Q extends Schema = undefined, B extends Schema = undefined>(
  declared: RawRoute<A, P, Q, B>,
): Route => ({
  ...declared,
  params: declared.params,
  query: declared.query,
  body: declared.body,
  output: declared.output,
  status: declared.status ?? 200,
  raw: true,
  handle: declared.handle,
});
