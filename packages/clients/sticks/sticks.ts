/** Something that a person plugs in. */
export interface Stick {
  /** The same whenever this very stick is plugged in. */
  id: string;
  name: string;
}

export interface StickFile {
  /** Below the stick's top. */
  path: string;
  sizeBytes: number;
  modifiedAt: Date;
}

/** What is plugged in now, to be read; nothing on it is changed but by `write`. */
export interface Sticks {
  list(): Promise<Stick[]>;
  /** Plain files whose names end in `ending`, at the top and in the folder `arasul`: links are not followed. Empty for a stick that is away. */
  files(id: string, ending: string): Promise<StickFile[]>;
  /** Where the file can be read; null when it, or the stick, is away. */
  locate(id: string, path: string): Promise<string | null>;
  /** Puts one file at the top, whole and safe on the stick. Errors: `part_away` for a stick that is away or cannot be written. */
  write(id: string, name: string, content: string): Promise<void>;
  close(): Promise<void>;
}
