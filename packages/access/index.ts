export { currentAt, openScope, readableBy, writableBy, type OpenScope, type Reader } from './readable.ts';
export * from './open-folders.ts';
