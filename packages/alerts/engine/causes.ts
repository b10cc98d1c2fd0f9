import type { Severity } from '#contracts';

/** An instance that fires, with what it would be told as by itself. */
export interface Firing {
  /** `ruleId\ndevice`. */
  member: string;
  ruleId: string;
  device: string;
  severity: Severity;
  value: number | null;
  silent: boolean;
  cause: string;
  key: string;
  firingSince: number;
}

type Dependencies = Readonly<Record<string, readonly string[]>>;

/** Everything that a cause depends on, the nearest first. */
export const upstreamOf = (cause: string, dependencies: Dependencies): readonly string[] => {
  const found: string[] = [];
  const queue = [...(dependencies[cause] ?? [])];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (found.includes(next) || next === cause) continue;
    found.push(next);
    queue.push(...(dependencies[next] ?? []));
  }
  return found;
};

/**
 * Under which cause each firing instance is told: its own, or the farthest cause upstream that is down itself. Only what is critical
 * takes others with it: a disk at 82 % is not why a document failed.
 */
export const findRoots = (firing: readonly Firing[], dependencies: Dependencies): ReadonlyMap<string, { cause: string; key: string }> => {
  const down = new Map<string, string>();
  for (const { cause, key, severity } of firing) if (severity === 'critical' && !down.has(cause)) down.set(cause, key);
  const roots = new Map<string, { cause: string; key: string }>();
  const rootOfCause = new Map<string, string | undefined>();
  for (const { member, cause, key } of firing) {
    if (!rootOfCause.has(cause)) {
      rootOfCause.set(
        cause,
        upstreamOf(cause, dependencies)
          .filter((other) => down.has(other))
          .at(-1),
      );
    }
    const root = rootOfCause.get(cause);
    roots.set(member, root === undefined ? { cause, key } : { cause: root, key: down.get(root)! });
  }
  return roots;
};
