const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The spans offered, from a glance to the raw data's end and the roll-ups' year. */
export const spans = { '15m': 15 * MINUTE, '1h': HOUR, '6h': 6 * HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY, '1y': 365 * DAY } as const;
export type Span = keyof typeof spans;
export const spanNames = Object.keys(spans) as Span[];

export interface View {
  span: Span;
  /** Set while a part is looked at more closely, in milliseconds. */
  zoom: { from: number; to: number } | null;
}

const SHORTEST_ZOOM_MS = 10_000;

/** A box that is younger than this has no hour to show: its charts would begin as a dot at the right edge. */
const YOUNG_MS = 40 * MINUTE;

/** What the address asks for; without a known span the last hour, or 15 minutes of a box that came up lately. A zoom that makes no sense is none. */
export const readView = ({ span, from, to }: { span?: string; from?: number; to?: number }, uptimeMs = Infinity): View => ({
  span: spanNames.find((name) => name === span) ?? (uptimeMs < YOUNG_MS ? '15m' : '1h'),
  zoom: from !== undefined && to !== undefined && to - from >= SHORTEST_ZOOM_MS ? { from, to } : null,
});

/** How often new points are worth asking for: as often as a new one can be seen, never more than every five seconds. */
export const refreshEveryMs = ({ span, zoom }: View, points: number): number | false =>
  zoom ? false : Math.min(60_000, Math.max(5_000, spans[span] / points));
