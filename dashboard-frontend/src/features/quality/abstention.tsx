import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { AbstentionFit } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { say, sayError } from '../../lib/notify.ts';

const SHOWN = 8;
const REFRESH_MS = 10_000;

const percentOf = (part: number, whole: number): number => (100 * part) / Math.max(1, whole);

/** Which questions the box refuses since no document answers them, and how often it is wrong about that. */
export const Abstention = () => {
  const { t } = useTranslation('quality');
  const fits = useQuery({
    queryKey: ['abstention'],
    queryFn: () => api.page('/abstention/fits', 'abstentionFit', { query: { limit: SHOWN } }),
    refetchInterval: REFRESH_MS,
  });
  const fit = useMutation({
    mutationFn: () => api.act('POST', '/abstention/fits'),
    onSuccess: () => say(t('abstention.asked')),
    onError: sayError,
  });
  return (
    <Section
      title={t('abstention.title')}
      aside={
        <Button size="xs" variant="default" loading={fit.isPending} onClick={() => fit.mutate()}>
          {t('abstention.now')}
        </Button>
      }
    >
      <QueryView query={fits}>
        {({ items }) => (
          <>
            <p className="quiet">
              <Sentence fit={items[0]} />
            </p>
            {items.length > 0 && <Fits fits={items} />}
          </>
        )}
      </QueryView>
    </Section>
  );
};

const Sentence = ({ fit }: { fit: AbstentionFit | undefined }) => {
  const { t } = useTranslation('quality');
  const format = useFormat();
  if (fit === undefined) return t('abstention.none');
  const rates = t('abstention.sentence', {
    falseAnswers: format.percent(percentOf(fit.falseAnswers, fit.unanswerable)),
    falseRefusals: format.percent(percentOf(fit.falseRefusals, fit.answerable)),
  });
  return fit.isFitted ? rates : `${rates} ${t('abstention.builtIn')}`;
};

const Fits = ({ fits }: { fits: readonly AbstentionFit[] }) => {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const rate = (part: number, whole: number) => (
    <span className="num">
      {t('abstention.rate', { share: format.percent(percentOf(part, whole)), part: format.number(part), whole: format.number(whole) })}
    </span>
  );
  const columns: Column<AbstentionFit>[] = [
    { id: 'at', header: t('abstention.at'), phone: 'bare', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { id: 'why', header: t('abstention.why'), cell: ({ trigger }) => t(`trigger.${trigger}`) },
    { id: 'model', header: t('models.model'), cell: ({ embedModel }) => embedModel ?? t('trend.wordsOnly') },
    { id: 'threshold', header: t('abstention.threshold'), align: 'end', cell: ({ threshold }) => <span className="num">{format.number(threshold, 2)}</span> },
    { id: 'answers', header: t('abstention.falseAnswers'), align: 'end', cell: ({ falseAnswers, unanswerable }) => rate(falseAnswers, unanswerable) },
    { id: 'refusals', header: t('abstention.falseRefusals'), align: 'end', cell: ({ falseRefusals, answerable }) => rate(falseRefusals, answerable) },
  ];
  return <Table label={t('abstention.title')} columns={columns} rows={fits} rowKey={({ id }) => id} />;
};
