export { createDeviceSticks } from './device-sticks.ts';
export { createFolderSticks } from './folder-sticks.ts';
export type { Stick, StickFile, Sticks } from './sticks.ts';
