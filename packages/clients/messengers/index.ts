export { DeliveryFailed, type Message, type Send } from './message.ts';
export type { AddressPolicy } from './address-policy.ts';
export { createMailSender, type MailServerAccess } from './mail.ts';
export { createGotifySender, createNtfySender } from './push.ts';
export { createWebhookSender, signWebhook } from './webhook.ts';
