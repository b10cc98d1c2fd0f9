import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './auth.module.css';
import { shapeCode } from './setup-code.ts';

/** The one-time code of the terminal, shaped as it is typed. */
export const SetupCodeField = ({ value, onChange, autoFocus = false }: { value: string; onChange: (code: string) => void; autoFocus?: boolean }) => {
  const { t } = useTranslation('auth');
  return (
    <TextInput
      label={t('setup.code')}
      description={t('setup.codeHelp')}
      value={value}
      onChange={(event) => onChange(shapeCode(event.currentTarget.value))}
      classNames={{ input: styles.code }}
      placeholder="XXXX-XXXX"
      autoComplete="one-time-code"
      autoCapitalize="characters"
      spellCheck={false}
      autoFocus={autoFocus}
      required
      withAsterisk={false}
    />
  );
};
