/** What a source needs to fetch one model, and whom it tells. */
export interface Fetching {
  /** The model's own folder; files appear in it under their final names only when they are checked. */
  folder: string;
  signal: AbortSignal;
  /** The commit that an earlier try pinned. */
  revision: string | null;
  /** Told all bytes that there will be; throws `disk_full` when they do not fit. */
  onPlan: (totalBytes: number) => Promise<void>;
  onPinned: (revision: string) => Promise<void>;
  /** Bytes of a file that are on disk now. */
  onBytes: (file: string, doneBytes: number) => void;
}
