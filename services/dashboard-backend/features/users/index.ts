export { userListRepository } from './users.repository.ts';
export { userRoutes } from './users.routes.ts';
export { createUsersService } from './users.service.ts';
