import { pairingCode, pairingRequest, telegramPut, telegramView } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { TelegramService } from './telegram.service.ts';

export const telegramRoutes = (telegram: TelegramService): Route[] => [
  route({
    method: 'get',
    path: '/telegram',
    auth: 'admin',
    summary: 'The Telegram bot: whether it is heard, and who is paired with it; never its token.',
    output: telegramView,
    handle: ({ who }) => telegram.view(who),
  }),
  route({
    method: 'put',
    path: '/telegram',
    auth: 'admin',
    summary: 'Set the bot up. A token is checked with Telegram before it is stored, encrypted.',
    body: telegramPut,
    output: telegramView,
    handle: ({ who, body }) => telegram.put(who, body),
  }),
  route({
    method: 'delete',
    path: '/telegram',
    auth: 'admin',
    summary: 'Forget the bot’s token and everybody who was paired with it.',
    handle: ({ who }) => telegram.forget(who),
  }),
  route({
    method: 'post',
    path: '/telegram/pairing',
    auth: 'viewer',
    summary: 'A code that is sent to the bot once, within ten minutes, to say who one is.',
    body: pairingRequest,
    output: pairingCode,
    status: 201,
    handle: ({ who, body }) => telegram.pairing(who, body.userId),
  }),
];
