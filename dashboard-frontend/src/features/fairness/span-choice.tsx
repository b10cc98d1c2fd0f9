import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const spans = [1, 7, 30, 90] as const;

/** How far back is looked. */
export const SpanChoice = ({ days, onChange }: { days: number; onChange: (days: number) => void }) => {
  const { t } = useTranslation('fairness');
  return (
    <Select
      aria-label={t('span')}
      w={160}
      allowDeselect={false}
      value={String(days)}
      onChange={(value) => onChange(Number(value ?? 1))}
      data={spans.map((span) => ({ value: String(span), label: t(`spans.${span}`) }))}
    />
  );
};
