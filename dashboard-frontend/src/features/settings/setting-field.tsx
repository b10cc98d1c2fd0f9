import { NumberInput, Select, TextInput } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format/use-format.ts';
import type { Field } from './fields.ts';
import styles from './settings.module.css';

/** Why a value is refused: a limit that is said in the field's own unit, else the box's words. */
export interface Problem {
  message: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
}

interface Props {
  /** `group.name`, as the API says it. */
  path: string;
  field: Field;
  value: string | number;
  changed: boolean;
  problem: Problem | undefined;
  onChange: (value: string | number) => void;
}

/** One setting: its name and what it does at the left, its value with unit at the right. */
export const SettingField = ({ path, field, value, changed, problem, onChange }: Props) => {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const id = useId();
  const unit = field.kind === 'number' && field.unit !== undefined ? t(`unit.${field.unit}`) : '';
  const inUnit = (limit: number | bigint) => `${format.number(Number(limit) / ((field.kind === 'number' && field.factor) || 1), 2)} ${unit}`.trim();
  const why = (problem: Problem) => {
    if (field.kind !== 'number') return problem.message;
    if (problem.maximum !== undefined) return t('problem.atMost', { limit: inUnit(problem.maximum) });
    if (problem.minimum !== undefined) return t('problem.atLeast', { limit: inUnit(problem.minimum) });
    return t('problem.number');
  };
  const shared = { id, error: problem !== undefined, 'aria-describedby': `${id}-help` };
  return (
    <div className={styles.field} data-changed={changed || undefined}>
      <div>
        <label htmlFor={id}>{t(`field.${path}.name` as 'field.general.boxName.name')}</label>
        <p id={`${id}-help`} className={styles.help}>
          {t(`field.${path}.help` as 'field.general.boxName.help')}
        </p>
      </div>
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {why(problem)}
        </p>
      )}
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
          {unit !== '' && <span className={styles.unit}>{unit}</span>}
        </div>
      )}
    </div>
  );
};
