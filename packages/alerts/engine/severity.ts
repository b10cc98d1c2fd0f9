import { severities, type Severity } from '#contracts';

/** 0 for null, then info, warning, critical. */
export const rank = (severity: Severity | null): number => (severity === null ? 0 : severities.indexOf(severity) + 1);

/** The worst of many; `info` of none. */
export const worstOf = (all: readonly Severity[]): Severity => all.reduce<Severity>((worst, each) => (rank(each) > rank(worst) ? each : worst), 'info');
