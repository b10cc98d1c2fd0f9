export { channelsRepository } from './channels.repository.ts';
export { channelRoutes } from './channels.routes.ts';
export { createChannelsService } from './channels.service.ts';
