// Lines for people: one for each step, moving and coloured only where somebody looks.
import { clearInterval, setInterval } from 'node:timers';

const SHOWN_AFTER_MS = 3_000; // without a terminal a step is told when it ends; a longer one also when it begins
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** See services/launcher/terminal.ts for what it promises. */
export const createTerminal = (out = process.stdout) => {
  const isInteractive = Boolean(out.isTTY) && process.env.TERM !== 'dumb';
  const colours = isInteractive && !process.env.NO_COLOR;
  const paint = (code) => (text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
  const [strong, faint, green, red, amber] = ['1', '2', '32', '31', '33'].map(paint);
  out.on('error', () => undefined); // the reader of a pipe went away; the box does not care

  let current = null;
  const erase = () => isInteractive && current && out.write('\r\x1b[2K');
  const line = (text = '') => {
    erase();
    out.write(`${text}\n`);
    current?.draw();
  };

  const step = (label, text) => {
    const began = Date.now();
    let now = text;
    let told = false;
    let frame = 0;
    const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
    const draw = () => {
      if (isInteractive) {
        const shown = `  ${FRAMES[frame++ % FRAMES.length]} ${label.padEnd(10)} ${now}  ${Math.floor((Date.now() - began) / 1000)} s`;
        out.write(`\r\x1b[2K${shown.slice(0, (out.columns ?? 80) - 1)}`);
      } else if (!told && Date.now() - began > SHOWN_AFTER_MS) {
        told = true;
        out.write(`  … ${label.padEnd(10)} ${now}\n`);
      }
    };
    const timer = setInterval(draw, isInteractive ? 100 : 500);
    timer.unref();
    const close = (mark, result) => {
      clearInterval(timer);
      erase();
      current = null;
      line(`  ${mark} ${label.padEnd(10)} ${result}  ${faint(seconds())}`);
    };
    current = { draw };
    if (isInteractive) draw();
    return {
      update: (next) => (now = next),
      done: (result) => close(green('✓'), result),
      fail: (result) => close(red('✗'), result),
    };
  };

  return { isInteractive, step, line, warn: (text) => line(amber(text)), strong, faint };
};
