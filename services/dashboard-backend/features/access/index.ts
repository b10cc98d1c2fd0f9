export { accessRepository } from './access.repository.ts';
export { accessRoutes } from './access.routes.ts';
export { createAccessService } from './access.service.ts';
export { groupsRepository } from './groups.repository.ts';
export { groupRoutes } from './groups.routes.ts';
export { createGroupsService } from './groups.service.ts';
