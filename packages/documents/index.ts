export { lockContent } from './content-lock.ts';
export { passOn } from './heir.ts';
export { estimate, estimatesInLine, type Counters, type Estimate } from './estimate.ts';
export { embedDocument, purgeDocument, readDocument, recogniseDocument, UNDO_MS, workId } from './jobs.ts';
export { defaultRates, readRates, recordRates, type IndexingRates } from './rates.ts';
export { takeIn, findHolder, type Incoming, type Parent, type TakenIn } from './take-in.ts';
export { passwordPurpose } from './password.ts';
