export { foldersRepository } from './folders.repository.ts';
export { folderRoutes } from './folders.routes.ts';
export { createFoldersService, type FoldersService } from './folders.service.ts';
