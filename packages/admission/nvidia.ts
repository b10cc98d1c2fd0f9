import type { Holder, Pool } from './memory.ts';
import { modelProgram } from './model-processes.ts';

const MIB = 2 ** 20;

/** Arguments of nvidia-smi for `parseCards`. */
export const CARD_ARGUMENTS = ['--query-gpu=memory.total,memory.free', '--format=csv,noheader,nounits'];
/** Arguments of nvidia-smi for `parseApps`. */
export const APP_ARGUMENTS = ['--query-compute-apps=pid,process_name,used_memory', '--format=csv,noheader,nounits'];

/** A number of MiB; `[N/A]` and the like are null. */
const bytesIn = (cell: string | undefined): number | null => {
  const mib = cell === undefined || cell === '' ? NaN : Number(cell);
  return Number.isFinite(mib) ? mib * MIB : null;
};
const linesOf = (text: string): string[][] => text.split('\n').map((line) => line.split(',').map((cell) => cell.trim()));

/** The card with the most memory, which the runtime fills first; null where no card says, as on a Jetson. */
export const parseCards = (text: string): Pool | null => {
  let best: Pool | null = null;
  for (const [total, free] of linesOf(text)) {
    const totalBytes = bytesIn(total);
    const availableBytes = bytesIn(free);
    if (totalBytes !== null && totalBytes > 0 && availableBytes !== null && (best === null || totalBytes > best.totalBytes))
      best = { totalBytes, availableBytes };
  }
  return best;
};

/** Who computes there and what each holds. Names may have commas. */
export const parseApps = (text: string): Omit<Holder, 'isOrphan'>[] =>
  linesOf(text).flatMap((cells) => {
    const pid = Number(cells[0]);
    const bytes = bytesIn(cells.at(-1));
    if (!Number.isInteger(pid) || pid <= 0 || bytes === null) return [];
    const path = cells.slice(1, -1).join(',');
    return [{ pid, name: modelProgram(path) ?? path.split('/').at(-1)!, bytes }];
  });
