import type { MetricName } from '#contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { pickSeries, shapeSeries } from '../../components/chart/index.ts';
import { api } from '../../lib/api/client.ts';
import { refreshEveryMs, spans, type View } from './spans.ts';

const POINTS = 600;

/** The points of one metric over the view, kept fresh while the view reaches to now. */
export const useSeries = (metric: MetricName, view: View) => {
  const query = useQuery({
    queryKey: ['series', metric, view.span, view.zoom],
    queryFn: ({ signal }) => {
      const to = view.zoom?.to ?? Date.now();
      const from = view.zoom?.from ?? to - spans[view.span];
      return api.get('/metrics/series', 'seriesAnswer', {
        query: { metric, from: new Date(from).toISOString(), to: new Date(to).toISOString(), points: POINTS },
        signal,
      });
    },
    refetchInterval: refreshEveryMs(view, POINTS),
    placeholderData: keepPreviousData,
  });
  const shaped = useMemo(() => {
    if (query.data === undefined) return undefined;
    const picked = pickSeries(query.data.series);
    return {
      data: shapeSeries(picked),
      left: query.data.series.length - picked.length,
      from: Date.parse(query.data.from),
      to: Date.parse(query.data.to),
      unit: query.data.unit,
    };
  }, [query.data]);
  return { query, shaped };
};
