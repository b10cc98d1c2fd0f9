import type { UpdateProgress, UpdateRequestView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { Section } from '../../components/ui/page.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { useFormat, useNow } from '../../lib/format/use-format.ts';
import styles from './updates.module.css';

/** The way of an update, as the journal has it. */
const WAY = ['found', 'verified', 'staged', 'backed_up', 'switched', 'trial', 'committed'] as const;

/** The update under way: which step, what the trial found, and about how long it still takes. */
export const ProgressSection = ({ current, request }: { current: UpdateProgress; request: UpdateRequestView | undefined }) => {
  const { t } = useTranslation('updates');
  const format = useFormat();
  const now = useNow();
  const { from, to, state, startedAt, steps, checks, leftMs } = current;
  const reached = Math.max(0, ...steps.map((step) => WAY.indexOf(step.state as 'found')));
  const title = t('progress.title', { from, to });
  return (
    <Section title={title}>
      <div className={styles.row} role="status">
        <Bar share={(reached + 1) / WAY.length} label={title} />
        <ol className={styles.steps}>
          {WAY.map((step, at) => (
            <li key={step}>
              <StateWord tone={at < reached ? 'ok' : at === reached ? 'busy' : 'idle'}>{t(`state.${step}`)}</StateWord>
            </li>
          ))}
        </ol>
        <p className="small quiet num">
          {t(`progress.${state as 'found'}`, { defaultValue: '' })} {t('progress.since', { time: format.duration(Math.max(0, now - Date.parse(startedAt))) })}
          {leftMs !== null && ` · ${t('left', { time: format.estimate(leftMs) })}`}
          {request !== undefined && request.totalBytes > 0 && state === 'found' && ` · ${format.bytes(request.doneBytes)}`}
        </p>
        {checks.length > 0 && (
          <ul className={styles.rows}>
            {checks.map(({ name, ok, detail }) => (
              <li key={name} className={styles.line}>
                <StateWord tone={ok ? 'ok' : 'bad'}>{name}</StateWord>
                <span className="small quiet">{detail}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
};
