import type { Severity } from '#contracts';
import type { AddressPolicy } from './address-policy.ts';
import type { Message, Send } from './message.ts';
import { post } from './post.ts';

interface Target {
  address: string;
  secret: string | null;
  policy: AddressPolicy;
}

const ntfyPriority = { info: 2, warning: 3, critical: 5 } as const satisfies Record<Severity, number>;
const gotifyPriority = { info: 2, warning: 5, critical: 8 } as const satisfies Record<Severity, number>;
/** A recovery need not wake anybody. */
const priorityOf = (table: Record<Severity, number>, { topic, severity }: Message): number => (topic.endsWith('.resolved') ? table.info : table[severity]);

const textOf = ({ title, body }: Message): string => body ?? title;

/** Publishes to a topic of an ntfy server; `address` is the topic's URL. JSON, since headers hold no umlauts. */
export const createNtfySender = ({ address, secret, policy }: Target): Send => {
  const url = new URL(address);
  const topic = decodeURIComponent(url.pathname.split('/').filter(Boolean).at(-1) ?? '');
  const server = new URL(url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1), url).href;
  return async (message, signal) => {
    const body = JSON.stringify({
      topic,
      title: message.title,
      message: textOf(message),
      priority: priorityOf(ntfyPriority, message),
      tags: [message.severity],
      ...(message.link !== null && { click: message.link }),
    });
    const answer = await post(server, {
      headers: { 'content-type': 'application/json', ...(secret !== null && { authorization: `Bearer ${secret}` }) },
      body,
      policy,
      signal,
    });
    return idIn(answer);
  };
};

/** Sends through an application of a Gotify server; `secret` is the application's token. */
export const createGotifySender =
  ({ address, secret, policy }: Target): Send =>
  async (message, signal) => {
    const body = JSON.stringify({
      title: message.title,
      message: textOf(message),
      priority: priorityOf(gotifyPriority, message),
      ...(message.link !== null && { extras: { 'client::notification': { click: { url: message.link } } } }),
    });
    const answer = await post(new URL('message', address.endsWith('/') ? address : `${address}/`).href, {
      headers: { 'content-type': 'application/json', 'x-gotify-key': secret ?? '' },
      body,
      policy,
      signal,
    });
    return idIn(answer);
  };

const idIn = (answer: string): string | null => {
  try {
    const { id } = JSON.parse(answer) as { id?: unknown };
    return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
  } catch {
    return null;
  }
};
