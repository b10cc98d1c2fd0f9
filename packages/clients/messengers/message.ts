import type { Severity } from '#contracts';

/** What is told, in the language of whoever is told. */
export interface Message {
  /** The same for each try of the same telling, so that a receiver can drop what comes twice. */
  id: string;
  topic: string;
  severity: Severity;
  title: string;
  body: string | null;
  /** The page of it, whole where the box knows its own address. */
  link: string | null;
  at: Date;
  incidentId: string | null;
  details: Readonly<Record<string, unknown>>;
}

interface Failure {
  /** Trying again cannot help. */
  permanent?: boolean;
  /** The channel asked for this pause. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** A message did not arrive. Its text is shown to people, and never holds a secret. */
export class DeliveryFailed extends Error {
  readonly permanent: boolean;
  readonly retryAfterMs: number | null;
  constructor(message: string, { permanent = false, retryAfterMs, cause }: Failure = {}) {
    super(message, { cause });
    this.name = 'DeliveryFailed';
    this.permanent = permanent;
    this.retryAfterMs = retryAfterMs ?? null;
  }
}

/** Sends a message to where it is bound to. Returns what the channel calls it, where it has a name. Errors: `DeliveryFailed`. */
export type Send = (message: Message, signal: AbortSignal) => Promise<string | null>;
