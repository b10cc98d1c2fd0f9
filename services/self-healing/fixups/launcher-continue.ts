import { AppError } from '#kit';
import { defineFixup } from '../types.ts';

/** A launcher that was stopped (a stray SIGSTOP) goes on when it is told to. It is this process's own parent, so that no other program can be meant. */
export const launcherContinue = defineFixup({
  id: 'launcher.continue',
  proofMs: 15_000,
  canary: false,
  apply() {
    if (process.ppid <= 1) throw new AppError('conflict', { message: 'The launcher is gone; this process ends as well.' });
    process.kill(process.ppid, 'SIGCONT');
    return Promise.resolve('The launcher was told to go on.');
  },
});
