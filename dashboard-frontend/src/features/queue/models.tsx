import type { QueueModel } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Table } from '../../components/ui/table.tsx';
import { useFormat } from '../../lib/format/use-format.ts';

/** What each model has before it, and did in the last day. */
export const Models = ({ models }: { models: readonly QueueModel[] }) => {
  const { t } = useTranslation('queue');
  const format = useFormat();
  if (models.length === 0) return <p className="quiet">{t('modelsNone')}</p>;
  return (
    <Table
      label={t('models')}
      rows={models}
      rowKey={({ model }) => model ?? ''}
      columns={[
        { id: 'name', header: t('column.model'), phone: 'bare', cell: ({ model }) => model ?? t('noModelYet') },
        { id: 'waiting', header: t('column.waiting'), align: 'end', cell: ({ waiting }) => format.number(waiting) },
        { id: 'answered', header: t('column.answered'), align: 'end', cell: ({ answered }) => format.number(answered) },
        { id: 'used', header: t('column.used'), align: 'end', cell: ({ usedMs }) => format.duration(usedMs) },
      ]}
    />
  );
};
