import { createCanvas } from '@napi-rs/canvas';

const WIDTH = 800;
const HEIGHT = 320;
const LEFT = 56;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 32;

interface Line {
  name: string;
  color: string;
  points: readonly { at: number; value: number }[];
}

/** Lines over time as a PNG, readable on a phone; null where there is nothing to draw. */
export const drawChart = (lines: readonly Line[], { unit, timeZone }: { unit: string; timeZone: string }): Buffer | null => {
  const all = lines.flatMap(({ points }) => points);
  if (all.length < 2) return null;
  const from = Math.min(...all.map(({ at }) => at));
  const until = Math.max(...all.map(({ at }) => at), from + 60_000);
  const top = unit === '%' ? 100 : Math.max(...all.map(({ value }) => value)) * 1.1 || 1;
  const x = (at: number): number => LEFT + ((at - from) / (until - from)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (Math.max(0, value) / top) * (HEIGHT - TOP - BOTTOM);
  const canvas = createCanvas(WIDTH, HEIGHT);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.font = '15px sans-serif';
  pen.lineWidth = 1;
  for (let part = 0; part <= 4; part += 1) {
    const value = (top * part) / 4;
    pen.strokeStyle = '#e2e5e9';
    pen.beginPath();
    pen.moveTo(LEFT, y(value));
    pen.lineTo(WIDTH - RIGHT, y(value));
    pen.stroke();
    pen.fillStyle = '#5b6470';
    pen.textAlign = 'right';
    pen.fillText(`${Math.round(value)} ${unit}`, LEFT - 6, y(value) + 5);
  }
  const time = new Intl.DateTimeFormat('de', { timeZone, hour: '2-digit', minute: '2-digit' });
  pen.textAlign = 'left';
  pen.fillText(time.format(from), LEFT, HEIGHT - 10);
  pen.textAlign = 'right';
  pen.fillText(time.format(until), WIDTH - RIGHT, HEIGHT - 10);
  pen.textAlign = 'left';
  pen.lineWidth = 2.5;
  let named = LEFT;
  for (const { name, color, points } of lines) {
    pen.strokeStyle = color;
    pen.beginPath();
    points.forEach(({ at, value }, index) => (index === 0 ? pen.moveTo(x(at), y(value)) : pen.lineTo(x(at), y(value))));
    pen.stroke();
    pen.fillStyle = color;
    pen.fillText(name, named, 24);
    named += pen.measureText(name).width + 24;
  }
  return canvas.toBuffer('image/png');
};
