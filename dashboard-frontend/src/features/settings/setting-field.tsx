import { NumberInput, Select, TextInput } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Field } from './fields.ts';
import styles from './settings.module.css';

interface Props {
  /** `group.name`, as the API says it. */
  path: string;
  field: Field;
  value: string | number;
  changed: boolean;
  problem: string | undefined;
  onChange: (value: string | number) => void;
}

/** One setting: its name and what it does at the left, its value with unit at the right. */
export const SettingField = ({ path, field, value, changed, problem, onChange }: Props) => {
  const { t } = useTranslation('settings');
  const id = useId();
  const shared = { id, error: problem, 'aria-describedby': `${id}-help` };
  return (
    <div className={styles.field} data-changed={changed || undefined}>
      <div>
        <label htmlFor={id}>{t(`field.${path}.name` as 'field.general.boxName.name')}</label>
        <p id={`${id}-help`} className={styles.help}>
          {t(`field.${path}.help` as 'field.general.boxName.help')}
        </p>
      </div>
      {field.kind === 'text' && (
        <TextInput
          {...shared}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
          placeholder={field.placeholder}
          spellCheck={false}
        />
      )}
      {field.kind === 'choice' && (
        <Select
          {...shared}
          value={String(value)}
          onChange={(next) => next !== null && onChange(next)}
          data={field.values.map((each) => ({ value: each, label: t(`choice.${each}` as 'choice.auto') }))}
        />
      )}
      {field.kind === 'number' && (
        <div className={styles.number}>
          <NumberInput
            {...shared}
            value={typeof value === 'number' ? value / (field.factor ?? 1) : value}
            onChange={(next) => onChange(typeof next === 'number' ? Math.round(next * (field.factor ?? 1) * 1000) / 1000 : next)}
            step={field.step ?? 1}
            hideControls
            decimalScale={field.step !== undefined && field.step < 1 ? 2 : field.factor === undefined ? 0 : 1}
            styles={{ input: { textAlign: 'end', fontVariantNumeric: 'tabular-nums' } }}
          />
          {field.unit !== undefined && <span className={styles.unit}>{t(`unit.${field.unit}`)}</span>}
        </div>
      )}
    </div>
  );
};
