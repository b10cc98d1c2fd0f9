import type { Terminal } from './terminal.ts';

/** Shows the lines of a service's log on the terminal: JSON lines as time, level and message, others as they are. */
export const showOutput = (terminal: Terminal, part: string): ((chunk: Buffer) => void) => {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) terminal.line(readable(line, part));
  };
};

const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

const readable = (line: string, part: string): string => {
  if (!line.startsWith('{')) return `[${part}] ${line}`;
  try {
    const { time, level, name, msg, pid: _pid, ...more } = JSON.parse(line) as Record<string, unknown>;
    const details = Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : '';
    return `[${String(name ?? part)}] ${String(time).slice(11, 23)} ${LEVELS[Number(level)] ?? String(level)} ${String(msg ?? '')}${details}`;
  } catch {
    return `[${part}] ${line}`;
  }
};
