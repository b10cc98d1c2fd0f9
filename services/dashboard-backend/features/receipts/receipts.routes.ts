import { byId, receiptKey } from '#contracts';
import { rawRoute, route, type Route } from '../../http/index.ts';
import type { ReceiptsService } from './receipts.service.ts';

export const receiptRoutes = (receipts: ReceiptsService): Route[] => [
  route({
    method: 'get',
    path: '/receipts/key',
    auth: 'viewer',
    scope: 'chat',
    summary: 'The public key that this box signs receipts with.',
    output: receiptKey,
    handle: () => receipts.key(),
  }),
  rawRoute({
    method: 'get',
    path: '/messages/:id/receipt',
    auth: 'user',
    scope: 'chat',
    summary: 'What an answer was made from, signed: documents, passages, model and settings.',
    params: byId,
    produces: 'application/json',
    handle: async ({ who, params, response }) => {
      const { name, file } = await receipts.issue(who, params.id);
      response
        .attachment(name)
        .type('application/json')
        .send(`${JSON.stringify(file, null, 2)}\n`);
    },
  }),
];
