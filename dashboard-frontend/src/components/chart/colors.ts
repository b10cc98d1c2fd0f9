/** The tokens that a canvas needs as plain colours. */
export interface ChartColors {
  series: string[];
  band: string;
  ink: string;
  quiet: string;
  line: string;
  surface: string;
}

export const readColors = (): ChartColors => {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4].map((index) => token(`--series-${index}`)),
    band: token('--band'),
    ink: token('--ink'),
    quiet: token('--ink-2'),
    line: token('--line'),
    surface: token('--surface'),
  };
};
