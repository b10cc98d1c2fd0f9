export * from './model-runtime/index.ts';
export * from './object-store/index.ts';
export * from './backup-target/index.ts';
export * from './service-control/index.ts';
export * from './messengers/index.ts';
export * from './vector-index/index.ts';
export * from './telegram/index.ts';
export * from './sticks/index.ts';
