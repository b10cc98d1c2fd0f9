import { useQuery } from '@tanstack/react-query';
import type { MemoryView, ModelsAnswer, ModelView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { StateMark, StateWord } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { ModelRow } from './model-row.tsx';
import styles from './models.module.css';

const BUSY_MS = 1_000;
const RESTING_MS = 10_000;

const purposes: ModelView['purpose'][] = ['chat', 'embed', 'rerank'];
const busy = ({ state }: ModelView): boolean => state === 'queued' || state === 'downloading' || state === 'verifying';

/** Which models there are, which of them fit this box, and which answer. */
export const ModelsPage = () => {
  const { t } = useTranslation(['models', 'common']);
  const query = useQuery({
    queryKey: ['models'],
    queryFn: () => api.get('/models', 'modelsAnswer'),
    refetchInterval: ({ state }) => (state.data?.items.some(busy) ? BUSY_MS : RESTING_MS),
  });
  const sentence = query.data === undefined ? '\u00a0' : activeWords(query.data, t);
  return (
    <Page title={t('common:places.models')} sentence={sentence}>
      <QueryView query={query}>
        {({ items, runtime, memory, found }) => (
          <>
            <Runtime runtime={runtime} found={found} memory={memory} />
            {purposes.map((purpose) => {
              const models = items.filter((model) => model.purpose === purpose);
              if (models.length === 0) return null;
              return (
                <Section key={purpose} title={t(`models:purpose.${purpose}`)}>
                  <p className={styles.about}>{t(`models:about.${purpose}`)}</p>
                  <ul className={styles.models}>
                    {models.map((model) => (
                      <ModelRow key={model.id} model={model} />
                    ))}
                  </ul>
                </Section>
              );
            })}
          </>
        )}
      </QueryView>
    </Page>
  );
};

const activeWords = ({ items }: ModelsAnswer, t: ReturnType<typeof useTranslation<['models', 'common']>>['t']): string => {
  const chat = items.find(({ purpose, active }) => purpose === 'chat' && active);
  const embed = items.find(({ purpose, active }) => purpose === 'embed' && active);
  return [
    chat === undefined ? t('models:sentence.noChat') : t('models:sentence.chat', { name: chat.name }),
    embed === undefined ? t('models:sentence.noEmbed') : t('models:sentence.embed', { name: embed.name }),
  ].join(' ');
};

const runtimeTone = { ready: 'ok', loading: 'busy', away: 'bad' } as const;

const Runtime = ({ runtime, found, memory }: Pick<ModelsAnswer, 'runtime' | 'found' | 'memory'>) => {
  const { t } = useTranslation('models');
  return (
    <div className={styles.runtime}>
      <span>
        <b>{runtime.kind === 'embedded' ? t('runtime.embedded') : t('runtime.external', { url: runtime.url ?? '' })}</b>
        {runtime.device !== null && <span className="quiet"> · {runtime.device}</span>}
        {runtime.loaded.length > 0 && <span className="quiet"> · {t('runtime.loaded', { names: runtime.loaded.join(', ') })}</span>}
      </span>
      <StateWord tone={runtimeTone[runtime.state]}>{t(`runtime.${runtime.state}`)}</StateWord>
      {memory !== null && <Room memory={memory} />}
      {found.map(({ kind, url, models }) => (
        <p key={url} className="small quiet">
          {t('runtime.found', { kind, url, count: models.length })}
        </p>
      ))}
    </div>
  );
};

/** Below this nobody is worth closing. */
const WORTH_NAMING_BYTES = 0.2e9;

/** How much room there is for a model, and who else has some of it. */
const Room = ({ memory: { ram, gpu, isUnified, holders } }: { memory: MemoryView }) => {
  const { t } = useTranslation('models');
  const format = useFormat();
  const words = ({ availableBytes, totalBytes }: MemoryView['ram']) => ({ free: format.bytes(availableBytes), total: format.bytes(totalBytes) });
  return (
    <>
      <p className="small quiet num">
        {[...(gpu === null ? [] : [t('room.gpu', words(gpu))]), isUnified ? t('room.shared', words(ram)) : t('room.ram', words(ram))].join(' · ')}
      </p>
      {holders
        .filter(({ bytes }) => bytes >= WORTH_NAMING_BYTES)
        .map(({ pid, name, bytes, isOrphan }) => (
          <p key={pid} className="small">
            {isOrphan && <StateMark tone="warn" />} {t(isOrphan ? 'room.orphan' : 'room.holder', { name, pid, bytes: format.bytes(bytes) })}
          </p>
        ))}
    </>
  );
};
