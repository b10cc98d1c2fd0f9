export { receiptsRepository } from './receipts.repository.ts';
export { receiptRoutes } from './receipts.routes.ts';
export { createReceiptsService } from './receipts.service.ts';
