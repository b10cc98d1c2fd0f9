export const LATE = Symbol('late');

/** What `work` gives, or `LATE` when it takes longer than `ms`. The work itself goes on. */
export const orLate = <T>(ms: number, work: Promise<T>): Promise<T | typeof LATE> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};
