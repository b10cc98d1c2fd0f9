import { Button } from '@mantine/core';
import type { HealthPart } from '#contracts';
import { useTranslation } from 'react-i18next';
import { StateWord, type Tone } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import styles from './healing.module.css';
import { useAsk, useHealingWords } from './use-healing.ts';

const tones: Record<HealthPart['state'], Tone> = { well: 'ok', starting: 'busy', degraded: 'warn', down: 'bad', held: 'idle', unknown: 'idle' };

/** How far a part stands above what needs nothing. */
const levelOf = (part: HealthPart, parts: readonly HealthPart[], seen: readonly string[] = []): number => {
  const below = part.needs.flatMap((name) => parts.find((one) => one.name === name && !seen.includes(name)) ?? []);
  return below.length === 0 ? 0 : 1 + Math.max(...below.map((one) => levelOf(one, parts, [...seen, part.name])));
};

/** The parts in rows, what others need at the bottom; each says what it stands on. */
export const HealthMapView = ({ parts }: { parts: readonly HealthPart[] }) => {
  const { t } = useTranslation('healing');
  const levels = [...new Set(parts.map((part) => levelOf(part, parts)))].sort((a, b) => b - a);
  return (
    <div className={styles.map}>
      {levels.map((level) => (
        <ul key={level} className={styles.level} aria-label={t('level', { level: level + 1 })}>
          {parts
            .filter((part) => levelOf(part, parts) === level)
            .map((part) => (
              <Part key={part.name} part={part} />
            ))}
        </ul>
      ))}
    </div>
  );
};

const Part = ({ part }: { part: HealthPart }) => {
  const { t } = useTranslation('healing');
  const words = useHealingWords();
  const admin = useMay('admin');
  const hold = useAsk(() => api.act('PUT', `/healing/holds/${part.name}`), t('stopped', { part: words.part(part.name) }));
  const release = useAsk(() => api.act('DELETE', `/healing/holds/${part.name}`), t('started', { part: words.part(part.name) }));
  return (
    <li className={styles.part} data-state={part.state}>
      <div className={styles.partHead}>
        <span className={styles.strong}>{words.part(part.name)}</span>
        <StateWord tone={tones[part.state]}>{t(`partState.${part.state}`)}</StateWord>
      </div>
      {part.sentence !== null && part.state !== 'well' && <p className={styles.why}>{part.sentence}</p>}
      {part.heldBy !== null && <p className={styles.why}>{t('heldBy', { who: part.heldBy })}</p>}
      <p className={styles.needs}>
        {part.needs.length === 0 ? t('needsNothing') : t('needs', { parts: part.needs.map(words.part).join(', ') })}
        {part.restarts > 0 && ` · ${t('restarts', { count: part.restarts })}`}
      </p>
      {admin && part.canHold && (
        <Button
          size="compact-xs"
          variant="default"
          loading={hold.isPending || release.isPending}
          onClick={() => (part.heldBy === null ? hold : release).mutate(undefined)}
        >
          {part.heldBy === null ? t('stop') : t('start')}
        </Button>
      )}
    </li>
  );
};
