import { createHmac } from 'node:crypto';
import type { AddressPolicy } from './address-policy.ts';
import type { Send } from './message.ts';
import { post } from './post.ts';

/**
 * What a receiver compares: `v1=` and the hex HMAC-SHA-256 of `<id>.<timestamp>.<body>`, keyed with the webhook's secret. The id and
 * the time are signed too, so that a message can be neither replayed later nor under another name.
 */
export const signWebhook = (secret: string, { id, timestamp, body }: { id: string; timestamp: string; body: string }): string =>
  `v1=${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('hex')}`;

/** Posts JSON, signed. The id stays the same over tries. */
export const createWebhookSender =
  ({ address, secret, policy, now }: { address: string; secret: string; policy: AddressPolicy; now: () => number }): Send =>
  async (message, signal) => {
    const { id, topic, severity, title, body: text, link, at, incidentId, details } = message;
    const body = JSON.stringify({ id, topic, severity, title, body: text, link, at: at.toISOString(), incidentId, details });
    const timestamp = String(Math.floor(now() / 1000));
    const signature = signWebhook(secret, { id, timestamp, body });
    await post(address, {
      headers: { 'content-type': 'application/json', 'x-arasul-id': id, 'x-arasul-timestamp': timestamp, 'x-arasul-signature': signature },
      body,
      policy,
      signal,
    });
    return null;
  };
