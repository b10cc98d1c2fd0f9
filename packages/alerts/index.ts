export { notify, type Notification } from './notify.ts';
export * from './engine/index.ts';
