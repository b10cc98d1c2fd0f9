/** A kind of memory that a model can lie in. */
export interface Pool {
  totalBytes: number;
  /** What a program that asks now gets: free, and what the kernel gives up for it. */
  availableBytes: number;
}

/** Somebody else's program that holds memory which a model would need. */
export interface Holder {
  pid: number;
  /** What people know it by, such as `vllm` or `ollama`. */
  name: string;
  bytes: number;
  /** A model's process whose starter is gone: nobody will stop it. */
  isOrphan: boolean;
}

/** The memory of this machine at one instant. */
export interface MemoryNow {
  ram: Pool;
  /** The accelerator's own memory; null where there is none, or where it is the system's (Jetson). */
  gpu: Pool | null;
  /** The accelerator has no memory of its own and takes what a model needs from the system's. */
  isUnified: boolean;
  /** The largest first. Not our own. */
  holders: Holder[];
}

/** Says how much memory there is. `ours` are processes of this box, which are no strangers. Errors: what the kernel says. */
export interface MemoryProbe {
  read(ours: ReadonlySet<number>): Promise<MemoryNow>;
}
