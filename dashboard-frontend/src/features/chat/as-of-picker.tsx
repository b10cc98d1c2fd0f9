import { ActionIcon, Button, Popover, TextInput, Tooltip } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { yesterday } from '../../lib/days.ts';
import type { Scope } from './ask.ts';
import styles from './scope-picker.module.css';

/** Asks what the documents said on an earlier day, as far back as their versions are kept. */
export const AsOfPicker = ({ value, onChange }: { value: Scope; onChange: (scope: Scope) => void }) => {
  const { t } = useTranslation(['chat', 'common']);
  const [opened, setOpened] = useState(false);
  const set = (asOf: string | undefined) => onChange({ ...value, asOf });
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" width={280} trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t('chat:asOf.open')} disabled={opened}>
          <ActionIcon
            size="md"
            color={value.asOf === undefined ? 'gray' : 'teal'}
            aria-label={t('chat:asOf.open')}
            aria-haspopup="dialog"
            onClick={() => setOpened(!opened)}
          >
            <IconHistory size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('chat:asOf.open')}>
        {opened && (
          <div className={styles.choice}>
            <TextInput
              size="sm"
              type="date"
              label={t('chat:asOf.day')}
              description={t('chat:asOf.help')}
              value={value.asOf ?? ''}
              max={yesterday(new Date())}
              onChange={(event) => set(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
              data-autofocus
            />
            <Button size="xs" variant="default" onClick={() => set(undefined)} disabled={value.asOf === undefined}>
              {t('common:backToNow')}
            </Button>
          </div>
        )}
      </Popover.Dropdown>
    </Popover>
  );
};
