const WARM_UP_MS = 800;

/** Estimates what is left of an upload from its mean speed; says nothing before there is something to go by. */
export class UploadSpeed {
  readonly #sizeBytes: number;
  readonly #began: number;

  constructor(sizeBytes: number, began: number) {
    this.#sizeBytes = sizeBytes;
    this.#began = began;
  }

  /** `share` 0..1 has arrived at `now`. Undefined while it is too early to tell, or when it is all there. */
  etaMs(share: number, now: number): number | undefined {
    const took = now - this.#began;
    if (took < WARM_UP_MS || share <= 0 || share >= 1 || this.#sizeBytes === 0) return undefined;
    return (took * (1 - share)) / share;
  }
}
