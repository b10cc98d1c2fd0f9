/** One measured figure beside its reference of the same run. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What `value` is compared with, measured in the same run; absent for a figure that is only stated. */
  reference?: { name: string; value: number };
  /** Whether `ratio` (value / reference), or `value` itself without a reference, keeps to the goal. */
  goal?: { atMost?: number; atLeast?: number; text: string };
}

export interface Bench {
  name: string;
  /** What was done, in a line, for the table. */
  about: string;
  measure(): Promise<Figure[]>;
}

export const defineBench = (bench: Bench): Bench => bench;

/** value / reference; null without one. */
export const ratioOf = ({ value, reference }: Figure): number | null => (reference ? value / reference.value : null);

/** True or false against the goal; null when none is set. */
export const keepsGoal = (figure: Figure): boolean | null => {
  if (!figure.goal) return null;
  const measured = ratioOf(figure) ?? figure.value;
  const { atMost = Infinity, atLeast = -Infinity } = figure.goal;
  return measured <= atMost && measured >= atLeast;
};

/** The value below which a share `p` (0..1) of the samples lies, by the nearest rank. */
export const percentile = (samples: readonly number[], p: number): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
};
