export { createBackup } from './create.ts';
export { boxKeysOf, keyOfWords, type BoxKeys, type Opener, type RecoveryKey } from './keys.ts';
export type { Manifest } from './manifest.ts';
export { boxFolder, findBackups, openBackup, type FoundBackup } from './place.ts';
export type { BackupPhase, BackupProgress, OnProgress } from './progress.ts';
export { findRecoveryKey, isRecoveryKey, makeRecoveryKey } from './recovery-key.ts';
export { verifyBackup, type Verification } from './verify.ts';
