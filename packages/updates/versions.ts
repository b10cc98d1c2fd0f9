/** Negative when `a` is the older of two versions `X.Y.Z`. Suffixes after the third number do not count. */
export const compareVersions = (a: string, b: string): number => {
  const parts = (version: string): number[] => version.split(/[-+]/)[0]!.split('.').map(Number);
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < 3; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
