export { formatBytes } from './disk-space.ts';
export { createFsObjectStore } from './fs-object-store.ts';
export { pathOf, type ObjectStore, type ReceivedContent, type ReceiveOptions } from './object-store.ts';
