export { createReceiptSigner, type ReceiptSigner } from './sign.ts';
export { verifyReceipt, type ReceiptCheck } from './verify.ts';
