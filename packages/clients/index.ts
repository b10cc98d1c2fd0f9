export * from './model-runtime/index.ts';
