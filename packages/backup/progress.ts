export type BackupPhase = 'database' | 'documents' | 'secrets' | 'models' | 'finishing' | 'checking' | 'asking';

export interface BackupProgress {
  phase: BackupPhase;
  doneBytes: number;
  totalBytes: number;
}
export type OnProgress = (progress: BackupProgress) => void;

/** Counts what was done. */
export const createProgress = (totalBytes: number, onProgress: OnProgress = () => undefined) => {
  const state: BackupProgress = { phase: 'database', doneBytes: 0, totalBytes };
  const tell = (): void => onProgress({ ...state });
  return {
    enter(phase: BackupPhase) {
      state.phase = phase;
      tell();
    },
    add(bytes: number) {
      state.doneBytes = Math.min(state.totalBytes, state.doneBytes + bytes);
      tell();
    },
    /** Corrects an estimate at the end of a phase. */
    reached(bytes: number) {
      state.doneBytes = bytes;
      tell();
    },
  };
};
