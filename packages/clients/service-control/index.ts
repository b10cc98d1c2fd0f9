export type { ServiceControl } from './port.ts';
export { createLauncherControl, type LauncherControl } from './supervisor.ts';
