export { createUpdates } from './create-updates.ts';
export { updateRoutes } from './updates.routes.ts';
