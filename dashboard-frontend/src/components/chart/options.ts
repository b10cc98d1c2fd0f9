import uPlot from 'uplot';
import type { ChartColors } from './colors.ts';
import { spreadLabels, valueRange, type ChartData } from './shape.ts';

export interface ChartSetup {
  width: number;
  height: number;
  unit: string;
  colors: ChartColors;
  /** Charts with the same group share one cursor. */
  group: string;
  locale: string;
  names: string[];
  format: (value: number) => string;
  last: () => ChartData['last'];
  onSelect: (fromMs: number, toMs: number) => void;
  onBack: () => void;
  onCursor: (index: number | null) => void;
  onDraw: (plot: uPlot) => void;
}

const FONT = '12px "Inter Variable", system-ui, sans-serif';
const LEFT = 52;
const RIGHT = 60;
const LABEL_HEIGHT = 15;
const DAY_S = 86_400;

/** Newest values beside the right edge, in their line's colour, moved apart where lines meet. */
const drawLast = (plot: uPlot, { colors, format, last }: ChartSetup): void => {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const shown = last().flatMap((value, index) =>
    value === null ? [] : [{ text: format(value.value), y: plot.valToPos(value.value, 'y', true), color: colors.series[index] ?? colors.ink }],
  );
  const places = spreadLabels(
    shown.map(({ y }) => y),
    LABEL_HEIGHT * ratio,
    bbox.top + bbox.height,
  );
  ctx.save();
  ctx.font = FONT.replace('12px', `${12 * ratio}px`).replace(/^/, '600 ');
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const [index, { text, color }] of shown.entries()) {
    ctx.fillStyle = color;
    ctx.fillText(text, bbox.left + bbox.width + 8 * ratio, places[index] as number);
  }
  ctx.restore();
};

const timeLabels = (locale: string) => (_: uPlot, splits: number[], __: number, ___: number, increment: number) => {
  const style: Intl.DateTimeFormatOptions =
    increment >= 28 * DAY_S
      ? { month: 'short', year: 'numeric' }
      : increment >= DAY_S
        ? { day: 'numeric', month: 'short' }
        : increment < 60
          ? { hour: '2-digit', minute: '2-digit', second: '2-digit' }
          : { hour: '2-digit', minute: '2-digit' };
  const format = new Intl.DateTimeFormat(locale, style);
  return splits.map((split) => format.format(split * 1000));
};

/** How a chart looks and behaves; all of its colours come from the tokens. */
export const chartOptions = (setup: ChartSetup): uPlot.Options => {
  const { colors, unit, names } = setup;
  const lines = names.flatMap((_, index): uPlot.Series[] => {
    const stroke = colors.series[index] ?? colors.quiet;
    // One measured point between two gaps still shows: as a dot.
    return [
      { stroke, width: 1.5, points: { size: 4, fill: stroke, stroke, show: (_plot, series, first, last) => last - first < 2 && series > 0 } },
      { stroke: undefined, width: 0, points: { show: false } },
      { stroke: undefined, width: 0, points: { show: false } },
    ];
  });
  return {
    width: setup.width,
    height: setup.height,
    padding: [8, RIGHT, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: setup.group, setSeries: false },
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          setup.onBack();
          return null;
        },
      },
    },
    scales: { x: { time: true }, y: { range: (_, low, high) => valueRange(unit, low, high) } },
    series: [{}, ...lines],
    // The band from min to max of the first line only: bands over bands would hide what they show.
    bands: names.length === 0 ? [] : [{ series: [3, 2], fill: colors.band }],
    axes: [
      {
        font: FONT,
        stroke: colors.quiet,
        grid: { show: false },
        ticks: { stroke: colors.line, width: 1, size: 4 },
        size: 28,
        gap: 4,
        space: 70,
        values: timeLabels(setup.locale),
      },
      {
        font: FONT,
        stroke: colors.quiet,
        grid: { stroke: colors.line, width: 1 },
        ticks: { show: false },
        size: LEFT,
        gap: 6,
        space: 36,
        values: (_, splits) => splits.map(setup.format),
      },
    ],
    hooks: {
      draw: [(plot) => drawLast(plot, setup), setup.onDraw],
      setCursor: [(plot) => setup.onCursor(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          const [from, to] = [plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000];
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          setup.onSelect(from, to);
        },
      ],
    },
  };
};
