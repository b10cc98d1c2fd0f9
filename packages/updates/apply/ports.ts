/** What brings settings, models and data back to where they were before an update. Taken before anything is switched. */
export interface RestorePoint {
  /** Errors end the update before the switch. */
  take(into: { updateId: string; folder: string }): Promise<{ sizeBytes: number; parts: string[] }>;
}
