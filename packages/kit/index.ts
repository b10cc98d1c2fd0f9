export * from './app-error.ts';
export * from './clock.ts';
export * from './env.ts';
export * from './ids.ts';
export * from './logger.ts';
export * from './retry.ts';
export * from './service.ts';
