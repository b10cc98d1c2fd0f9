export * from './copy.ts';
export * from './cursor.ts';
export * from './database.ts';
export * from './migrate.ts';
export * from './notifier.ts';
export * from './settings.ts';
export * from './shared.ts';
export type * from './schema.ts';
