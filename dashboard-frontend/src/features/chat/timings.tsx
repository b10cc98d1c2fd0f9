import type { AnswerTimings } from '#contracts';
import { Popover, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './timings.module.css';

const parts = ['queuedMs', 'retrievalMs', 'loadMs', 'prefillMs', 'decodeMs', 'throttledMs'] as const;

/** What heat cost is a part of its own, taken from writing first, which it lengthens most. */
const apart = (timings: AnswerTimings): AnswerTimings => {
  const { prefillMs = 0, decodeMs = 0, throttledMs } = timings;
  if (!throttledMs) return { ...timings, throttledMs: undefined };
  const ofDecode = Math.min(decodeMs, throttledMs);
  return { ...timings, decodeMs: decodeMs - ofDecode, prefillMs: Math.max(0, prefillMs - (throttledMs - ofDecode)) };
};

/** How long the answer took; opened, where the time went. */
export const Timings = ({ timings, model }: { timings: AnswerTimings; model: string | null }) => {
  const { t } = useTranslation('chat');
  const format = useFormat();
  const split = apart(timings);
  const shown = parts.flatMap((part) => (split[part] === undefined ? [] : [{ part, ms: split[part] }]));
  const known = shown.reduce((sum, { ms }) => sum + ms, 0);
  const rest = Math.max(0, timings.totalMs - known);
  const total = Math.max(1, known + rest);
  const speed =
    timings.completionTokens !== undefined && timings.decodeMs !== undefined && timings.decodeMs > 0
      ? timings.completionTokens / (timings.decodeMs / 1000)
      : undefined;
  return (
    <Popover position="top-start" width={340} withinPortal>
      <Popover.Target>
        <UnstyledButton className={styles.button}>
          {format.duration(timings.totalMs)}
          {speed !== undefined && ` · ${t('timings.speed', { speed: format.number(speed) })}`}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={styles.card}>
        <p className={styles.title}>{t('timings.title')}</p>
        <div className={styles.bar} aria-hidden="true">
          {shown.map(({ part, ms }) => (
            <span key={part} data-part={part} style={{ flexGrow: ms / total }} />
          ))}
          {rest > 0 && <span data-part="rest" style={{ flexGrow: rest / total }} />}
        </div>
        <dl className={styles.parts}>
          {shown.map(({ part, ms }) => (
            <div key={part}>
              <dt>
                <i data-part={part} />
                {t(`timings.${part}`)}
              </dt>
              <dd>{format.duration(ms)}</dd>
            </div>
          ))}
          {rest >= 50 && (
            <div>
              <dt>
                <i data-part="rest" />
                {t('timings.rest')}
              </dt>
              <dd>{format.duration(rest)}</dd>
            </div>
          )}
          {timings.promptTokens !== undefined && (
            <div>
              <dt>{t('timings.tokens')}</dt>
              <dd>{t('timings.tokensInOut', { read: format.number(timings.promptTokens), written: format.number(timings.completionTokens ?? 0) })}</dd>
            </div>
          )}
          {timings.temperatureC !== undefined && (
            <div>
              <dt>{t('timings.temperature')}</dt>
              <dd>{t('timings.celsius', { celsius: format.number(Math.round(timings.temperatureC)) })}</dd>
            </div>
          )}
          {model !== null && (
            <div>
              <dt>{t('timings.model')}</dt>
              <dd>{model}</dd>
            </div>
          )}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
};
