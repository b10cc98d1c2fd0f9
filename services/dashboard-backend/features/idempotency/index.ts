export { idempotencyRepository } from './idempotency.repository.ts';
export { createOnce, idempotencyKey, type Once } from './once.ts';
