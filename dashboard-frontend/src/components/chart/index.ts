export { Chart, type ChartMark } from './chart.tsx';
export { readColors } from './colors.ts';
export { pickSeries, shapeSeries, type ChartData } from './shape.ts';
