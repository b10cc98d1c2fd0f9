import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import styles from './chart.module.css';
import { readColors } from './colors.ts';
import { chartOptions } from './options.ts';
import type { ChartData } from './shape.ts';

export interface ChartMark {
  /** Milliseconds since the epoch. */
  at: number;
  tone: 'quiet' | 'warn' | 'bad';
  words: string;
}

interface Props {
  data: ChartData;
  /** The span shown, in milliseconds. */
  from: number;
  to: number;
  unit: string;
  height: number;
  group: string;
  locale: string;
  label: string;
  format: (value: number) => string;
  marks: readonly ChartMark[];
  onSelect: (fromMs: number, toMs: number) => void;
  onBack: () => void;
  /** Index under the cursor of this chart or of another of its group. */
  onCursor: (index: number | null) => void;
}

/** One chart; a canvas, so that its words are given to those who cannot see it by `label`. */
export const Chart = (props: Props) => {
  const { data, from, to, unit, height, group, locale, marks, label } = props;
  const { ref: frame, width } = useElementSize();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const scheme = useComputedColorScheme();
  const latest = useRef(props);
  latest.current = props;
  const [places, setPlaces] = useState<{ left: number; mark: ChartMark }[]>([]);
  const names = useMemo(() => data.names.join('\n'), [data.names]);

  // A plot is made anew only when what cannot be changed in place has changed; data flows into the one there is.
  const drawn = width > 0;
  useEffect(() => {
    if (!drawn || host.current === null) return;
    const placeMarks = (chart: uPlot) => {
      const { min, max } = chart.scales['x'] as { min?: number; max?: number };
      if (min === undefined || max === undefined) return;
      const next = latest.current.marks
        .filter(({ at }) => at / 1000 >= min && at / 1000 <= max)
        .map((mark) => ({ left: Math.round(chart.valToPos(mark.at / 1000, 'x') + chart.bbox.left / devicePixelRatio), mark }));
      setPlaces((before) =>
        before.length === next.length && before.every((place, index) => place.left === next[index]?.left && place.mark.words === next[index].mark.words)
          ? before
          : next,
      );
    };
    const options = chartOptions({
      width: host.current.clientWidth,
      height,
      unit,
      group,
      locale,
      names: latest.current.data.names,
      colors: readColors(),
      format: (value) => latest.current.format(value),
      last: () => latest.current.data.last,
      onSelect: (start, end) => latest.current.onSelect(start, end),
      onBack: () => latest.current.onBack(),
      onCursor: (index) => latest.current.onCursor(index),
      onDraw: placeMarks,
    });
    const made = new uPlot(options, latest.current.data.columns, host.current);
    made.setScale('x', { min: latest.current.from / 1000, max: latest.current.to / 1000 });
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = undefined;
    };
  }, [drawn, height, unit, group, locale, names, scheme]);

  useEffect(() => {
    plot.current?.batch(() => {
      plot.current?.setData(data.columns, false);
      plot.current?.setScale('x', { min: from / 1000, max: to / 1000 });
    });
  }, [data, from, to, marks, names]);

  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);

  return (
    <div className={styles.frame} ref={frame} style={{ height }} role="img" aria-label={label}>
      <div ref={host} />
      {places.map(({ left, mark }) => (
        <span key={`${mark.at}${mark.words}`} className={styles.mark} data-tone={mark.tone} style={{ left }} title={mark.words} />
      ))}
    </div>
  );
};
