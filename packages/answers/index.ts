export { findTextSoFar, insertEvents, readEvents, type JobEvent, type NumberedEvent } from './events.ts';
export { jobPriority, jobSpec, type CompletionSpec, type JobSpec } from './job-spec.ts';
export { findMessageOfJob, selectMessages, toMessageView, type MessageRow } from './message-view.ts';
export { recordRates, type RateSample } from './rates.ts';
export { bareAnswer, settleJob, type Answer, type Outcome } from './settle.ts';
export { submitJob, type NewJob } from './submit.ts';
export { findTicket } from './ticket.ts';
export { compactJobEvents } from './token-runs.ts';
export { answerTurn, turnId } from './turn.ts';
