import { Button } from '@mantine/core';
import { IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { GoldenRun } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { say, sayError } from '../../lib/notify.ts';
import { Abstention } from './abstention.tsx';
import { GoldenDialog, type Draft } from './golden-dialog.tsx';
import { GoldenQuestions } from './golden-questions.tsx';
import { RunDialog } from './run-dialog.tsx';
import { SearchModels } from './search-models.tsx';
import { Suggestions } from './suggestions.tsx';
import { Trend } from './trend.tsx';

const RUNS_SHOWN = 40;
const REFRESH_MS = 5_000;

/** How well the box finds what is known to be there, run by run. */
export const QualityPage = () => {
  const { t } = useTranslation(['quality', 'common']);
  const [draft, setDraft] = useState<Draft>();
  const [opened, setOpened] = useState<string>();
  const runs = useQuery({
    queryKey: ['golden', 'runs'],
    queryFn: () => api.page('/golden/runs', 'goldenRun', { query: { limit: RUNS_SHOWN } }),
    refetchInterval: REFRESH_MS,
  });
  const run = useMutation({
    mutationFn: () => api.act('POST', '/golden/runs'),
    onSuccess: () => say(t('quality:asked')),
    onError: sayError,
  });
  return (
    <Page
      title={t('common:places.quality')}
      sentence={<Sentence runs={runs.data?.items} />}
      actions={
        <>
          <Button variant="default" leftSection={<IconPlayerPlay size={16} />} loading={run.isPending} onClick={() => run.mutate()}>
            {t('quality:runNow')}
          </Button>
          <Button leftSection={<IconPlus size={16} />} onClick={() => setDraft({})}>
            {t('quality:add')}
          </Button>
        </>
      }
    >
      <Section title={t('quality:trend.title')}>
        <QueryView query={runs}>{({ items }) => <Trend runs={items} onOpen={setOpened} />}</QueryView>
      </Section>
      <Suggestions onAdopt={setDraft} />
      <Section title={t('quality:questions')}>
        <GoldenQuestions onEdit={setDraft} onAdd={() => setDraft({})} />
      </Section>
      <Abstention />
      <SearchModels />
      {draft !== undefined && <GoldenDialog draft={draft} onClose={() => setDraft(undefined)} />}
      {opened !== undefined && <RunDialog id={opened} onClose={() => setOpened(undefined)} />}
    </Page>
  );
};

const Sentence = ({ runs }: { runs: readonly GoldenRun[] | undefined }) => {
  const { t } = useTranslation('quality');
  const format = useFormat();
  if (runs === undefined) return '\u00a0';
  const [last, before] = runs;
  if (last === undefined) return t('sentence.none');
  const share = t('sentence.found', {
    found: last.foundAt5,
    count: last.questions,
    share: format.percent((100 * last.foundAt5) / Math.max(1, last.questions)),
  });
  const lost = before !== undefined && before.questions === last.questions ? before.foundAt5 - last.foundAt5 : 0;
  return [share, lost > 0 ? t('sentence.lost', { count: lost }) : '', last.degraded ? t('sentence.degraded') : ''].filter(Boolean).join(' ');
};
