import type { SystemProblem } from '#contracts';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { StateMark } from '../../components/ui/state-mark.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './overview.module.css';

const ways = {
  'documents.failed': { to: '/documents', search: { status: 'failed' } },
  'model.none': { to: '/system/models' },
  'service.down': { to: '/system' },
  'metrics.away': { to: '/system' },
} as const;

/** Each problem with its cause and the next step. */
export const Problems = ({ problems }: { problems: readonly SystemProblem[] }) => {
  const { t } = useTranslation('overview');
  const format = useFormat();
  if (problems.length === 0) return null;
  return (
    <ul className={styles.problems}>
      {problems.map((problem) => {
        const params = Object.fromEntries(
          Object.entries(problem.params).map(([name, value]) => [
            name,
            typeof value === 'string' || name === 'count'
              ? value
              : /bytes/i.test(name)
                ? format.bytes(value)
                : /ms$/i.test(name)
                  ? format.duration(value)
                  : format.number(value, 1),
          ]),
        );
        const way = problem.code in ways ? ways[problem.code as keyof typeof ways] : undefined;
        return (
          <li key={problem.code + JSON.stringify(problem.params)} data-severity={problem.severity}>
            <StateMark tone={problem.severity === 'critical' ? 'bad' : problem.severity === 'warning' ? 'warn' : 'idle'} />
            <span>{t(`problems.${problem.code.replace('.', '_') as 'model_none'}`, params)}</span>
            {way !== undefined && <Link {...way}>{t(`ways.${problem.code.replace('.', '_') as 'model_none'}`)}</Link>}
          </li>
        );
      })}
    </ul>
  );
};
