export { admit, type Candidate, type Held } from './admit.ts';
export { createMachineProbe } from './machine-probe.ts';
export type { MemoryNow, MemoryProbe } from './memory.ts';
export { kvBytesPerToken } from './need.ts';
export { refuseUnfit } from './refuse.ts';
export { findAdmission, findMemory, storeMemory, toCandidate } from './stored.ts';
