/** Polls until `probe` gives something truthy; fails with `what` after `timeoutMs`. For conditions, never for timings. */
export const waitFor = async <T>(probe: () => T | Promise<T>, { what = 'a condition', timeoutMs = 60_000, everyMs = 25 } = {}): Promise<NonNullable<T>> => {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > until) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
