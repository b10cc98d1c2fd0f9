export { Chart, type ChartMark } from './chart.tsx';
export { pickSeries, shapeSeries, type ChartData } from './shape.ts';
